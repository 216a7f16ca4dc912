// The language host by which the engine runs programs and policy packs written in Python.
//
// Pulumi's own host is part of its distribution, not of its published modules; this one speaks the same protocol
// (pulumi/language.proto of the sdk) with the sdk's own knowledge of pip, uv and Poetry environments.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// executor is the script that runs a program; it lies beside the host, as in Pulumi's distribution.
const executor = "pulumi-language-python-exec"

func main() {
	tracing := flag.String("tracing", "", "endpoint to which traces are sent")
	flag.Parse()
	logging.InitLogging(false, 0, false)
	cmdutil.InitTracing("pulumi-language-python", "pulumi-language-python", *tracing)
	if err := serve(flag.Arg(0), *tracing); err != nil {
		cmdutil.Exit(err)
	}
}

// serve answers on a free port, prints it, and returns when the engine is gone.
func serve(engine, tracing string) error {
	if engine == "" {
		return errors.New("the address of the engine is missing: pulumi starts this program by itself")
	}
	script, err := besides(executor)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan bool)
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	if err := rpcutil.Healthcheck(ctx, engine, 5*time.Minute, cancel); err != nil {
		return fmt.Errorf("watching the engine at %s: %w", engine, err)
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine, script: script, tracing: tracing})
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("serving the language host: %w", err)
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}

func besides(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the language host's own folder: %w", err)
	}
	path := filepath.Join(filepath.Dir(self), name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s must lie beside the language host: %w", name, err)
	}
	return path, nil
}
