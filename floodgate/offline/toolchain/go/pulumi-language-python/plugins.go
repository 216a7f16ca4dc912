package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// RunPlugin runs a policy pack, or a provider that is a Python program, until the engine ends it.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	if req.GetAttachDebugger() {
		return noDebugger
	}
	tools, err := environment(req.GetInfo())
	if err != nil {
		return err
	}
	ctx := server.Context()
	if err := tools.ValidateVenv(ctx); err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(server, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	run := provide
	if req.GetKind() == string(apitype.AnalyzerPlugin) {
		run = judge
	}
	if err := run(ctx, tools, req, stdout, stderr); err != nil {
		return ended(err, server)
	}
	return closer.Close()
}

// provide runs a provider by its entry point.
func provide(ctx context.Context, tools toolchain.Toolchain, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer,
) error {
	program := filepath.Join(req.GetInfo().GetProgramDirectory(), req.GetInfo().GetEntryPoint())
	command, err := prepared(ctx, tools, req, append([]string{"-u", program}, req.GetArgs()...))
	if err != nil {
		return err
	}
	command.Dir = req.GetPwd()
	command.Stdout, command.Stderr = stdout, stderr
	return command.Run()
}

// judge runs a policy pack. Packs in Python expect the stack and its configuration in their environment when they
// start, and the engine tells them only afterwards: the sdk's proxy hears it first and then hands everything on.
func judge(ctx context.Context, tools toolchain.Toolchain, req *pulumirpc.RunPluginRequest, stdout, stderr io.Writer,
) error {
	proxy, between, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("serving for the policy pack: %w", err)
	}
	told, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("waiting for the stack's configuration: %w", err)
	}
	folder := req.GetInfo().GetProgramDirectory()
	words := append([]string{"-u", "-m", "pulumi.policy"}, req.GetArgs()...)
	command, err := prepared(ctx, tools, req, append(words, folder))
	if err != nil {
		return err
	}
	stack, err := described(told)
	if err != nil {
		return err
	}
	command.Env = append(command.Env, stack...)
	command.Dir = folder
	command.Stdout, command.Stderr = between, stderr
	if err := command.Start(); err != nil {
		return err
	}
	return proxy.Attach(ctx, command)
}

// described is a stack as a policy pack finds it in its environment; empty where no stack is being judged.
func described(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	config, err := json.Marshal(stack.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("writing the configuration down: %w", err)
	}
	// an empty map is written null, which the SDK does not read
	if len(stack.GetConfig()) == 0 {
		config = []byte("{}")
	}
	return []string{
		"PULUMI_ORGANIZATION=" + stack.GetOrganization(),
		"PULUMI_PROJECT=" + stack.GetProject(),
		"PULUMI_STACK=" + stack.GetStack(),
		fmt.Sprintf("PULUMI_DRY_RUN=%t", stack.GetDryRun()),
		"PULUMI_CONFIG=" + string(config),
	}, nil
}

// prepared is a command with the environment that the engine asks for and the plugin's own Python first on PATH.
func prepared(ctx context.Context, tools toolchain.Toolchain, req *pulumirpc.RunPluginRequest, words []string,
) (*exec.Cmd, error) {
	command, err := tools.Command(ctx, words...)
	if err != nil {
		return nil, err
	}
	folder, err := tools.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	command.Env = req.GetEnv()
	if folder != "" {
		command.Env = toolchain.ActivateVirtualEnv(req.GetEnv(), folder)
	}
	return command, nil
}

func ended(err error, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("the plugin could not be started: %w", err)
	}
	code := &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())}
	return server.Send(&pulumirpc.RunPluginResponse{Output: code})
}
