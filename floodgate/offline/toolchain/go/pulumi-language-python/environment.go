package main

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// environment is the Python environment that a program's runtime options name.
func environment(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options, err := python(info)
	if err != nil {
		return nil, err
	}
	return toolchain.ResolveToolchain(options)
}

// python reads the runtime options of Pulumi.yaml or PulumiPolicy.yaml.
// https://www.pulumi.com/docs/iac/concepts/projects/project-file/#runtime-options
func python(info *pulumirpc.ProgramInfo) (toolchain.PythonOptions, error) {
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	for name, value := range info.GetOptions().AsMap() {
		text, ok := value.(string)
		if !ok {
			return options, fmt.Errorf("runtime option %s is %v: write text there", name, value)
		}
		if err := set(&options, name, text); err != nil {
			return options, err
		}
	}
	return options, nil
}

func set(options *toolchain.PythonOptions, name, value string) error {
	switch name + "=" + value {
	case "toolchain=auto":
		options.Toolchain = toolchain.Auto
	case "toolchain=pip":
		options.Toolchain = toolchain.Pip
	case "toolchain=poetry":
		options.Toolchain = toolchain.Poetry
	case "toolchain=uv":
		options.Toolchain = toolchain.Uv
	case "typechecker=mypy":
		options.Typechecker = toolchain.TypeCheckerMypy
	case "typechecker=pyright":
		options.Typechecker = toolchain.TypeCheckerPyright
	case "virtualenv=" + value:
		options.Virtualenv = value
	case "toolchain=" + value:
		return fmt.Errorf("runtime option toolchain is %q: write auto, pip, poetry or uv", value)
	case "typechecker=" + value:
		return fmt.Errorf("runtime option typechecker is %q: write mypy or pyright", value)
	}
	return nil
}
