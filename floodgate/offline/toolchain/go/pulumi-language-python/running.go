package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// said is the executor's exit code when it has told the user itself what was wrong.
const said = 32

var noDebugger = status.Error(codes.Unimplemented,
	"this language host cannot attach a debugger: install Pulumi (https://www.pulumi.com/docs/install/)")

// Run runs a program to its end.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if req.GetAttachDebugger() {
		return nil, noDebugger
	}
	options, err := python(req.GetInfo())
	if err != nil {
		return nil, err
	}
	tools, err := toolchain.ResolveToolchain(options)
	if err != nil {
		return nil, err
	}
	if err := tools.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	if err := typecheck(ctx, tools, options); err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	command, err := tools.Command(ctx, h.arguments(req)...)
	if err != nil {
		return nil, err
	}
	if command.Env, err = configured(command, req); err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return verdict(command.Run()), nil
}

// arguments are the executor's, for the program that a request names.
func (h *host) arguments(req *pulumirpc.RunRequest) []string {
	args := []string{
		h.script,
		"--monitor", req.GetMonitorAddress(),
		"--engine", h.engine,
		"--project", req.GetProject(),
		"--stack", req.GetStack(),
		"--pwd", req.GetPwd(),
		"--dry_run", fmt.Sprint(req.GetDryRun()),
		"--parallel", fmt.Sprint(req.GetParallel()),
		"--root_directory", req.GetInfo().GetRootDirectory(),
		"--organization", req.GetOrganization(),
	}
	if h.tracing != "" {
		args = append(args, "--tracing", h.tracing)
	}
	program := req.GetInfo().GetEntryPoint()
	if program == "" {
		program = "."
	}
	return append(append(args, program), req.GetArgs()...)
}

// configured is a command's environment with the stack's configuration, which the Python SDK reads from there.
func configured(command *exec.Cmd, req *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("writing the configuration down: %w", err)
	}
	secrets, err := json.Marshal(append([]string{}, req.GetConfigSecretKeys()...))
	if err != nil {
		return nil, fmt.Errorf("writing the names of secrets down: %w", err)
	}
	// an empty map is written null, which the SDK does not read
	if len(req.GetConfig()) == 0 {
		config = []byte("{}")
	}
	return append(command.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secrets)), nil
}

// typecheck runs the type checker that Pulumi.yaml asks for.
func typecheck(ctx context.Context, tools toolchain.Toolchain, options toolchain.PythonOptions) error {
	checkers := map[string][]string{"Mypy": {"mypy"}, "Pyright": {"pyright"}}
	name := toolchain.TypeCheckerName(options.Typechecker)
	module, wanted := checkers[name]
	if !wanted {
		return nil
	}
	command, err := tools.ModuleCommand(ctx, module[0], options.ProgramDir)
	if err != nil {
		return err
	}
	command.Dir = options.Root
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s refuses the program: %w", name, err)
	}
	return nil
}

// verdict says how a program ended.
func verdict(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == said:
		return &pulumirpc.RunResponse{Bail: true}
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with %s", exit)}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program could not be started: %s", err)}
	}
}
