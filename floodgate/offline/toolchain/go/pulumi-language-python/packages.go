package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// listing prints the installed packages that may need a provider, with what their pulumi-plugin.json says. Names and
// versions come from the folders' names (https://packaging.python.org/en/latest/specifications/recording-installed-packages/),
// for `pip list` takes half a second of every preview.
const listing = `
import json, os, sys
found = {}
for folder in filter(os.path.isdir, sys.path):
    for entry in sorted(os.listdir(folder)):
        stem, kind = os.path.splitext(entry)
        if kind not in (".dist-info", ".egg-info") or "-" not in stem:
            continue
        name, version = stem.split("-")[:2]
        module = name.replace(".", "_").lower()
        facts = os.path.join(folder, module, "pulumi-plugin.json")
        plugin = json.load(open(facts, encoding="utf-8")) if os.path.isfile(facts) else None
        if plugin is not None or module.startswith("pulumi_"):
            found.setdefault(module.replace("_", "-"), {"version": version, "plugin": plugin})
print(json.dumps(found))
`

// installed is one package of the listing.
type installed struct {
	Version string                   `json:"version"`
	Plugin  *plugin.PulumiPluginJSON `json:"plugin"`
}

// required lists the providers of the packages in a program's environment.
func required(ctx context.Context, tools toolchain.Toolchain, folder string) ([]*pulumirpc.PackageDependency, error) {
	command, err := tools.Command(ctx, "-c", listing)
	if err != nil {
		return nil, err
	}
	command.Dir = folder
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages of %s: %w", command.Path, err)
	}
	var found map[string]installed
	if err := json.Unmarshal(output, &found); err != nil {
		return nil, fmt.Errorf("reading the packages of %s: %w", command.Path, err)
	}
	var packages []*pulumirpc.PackageDependency
	for name, one := range found {
		if dependency := provider(name, one); dependency != nil {
			packages = append(packages, dependency)
		}
	}
	return packages, nil
}

// provider is the provider that a package belongs to; nil when it needs none, as pulumi-policy.
func provider(name string, one installed) *pulumirpc.PackageDependency {
	facts := one.Plugin
	if facts == nil {
		facts = &plugin.PulumiPluginJSON{Resource: name != "pulumi-policy"}
	}
	version := facts.Version
	if version == "" {
		version = semantic(one.Version)
	}
	if !facts.Resource || version == "" {
		return nil
	}
	dependency := &pulumirpc.PackageDependency{
		Name:             facts.Name,
		Kind:             "resource",
		Version:          version,
		Server:           facts.Server,
		Parameterization: parameters(facts.Parameterization),
		Extension:        parameters(facts.ExtensionParameterization),
	}
	if dependency.Name == "" {
		dependency.Name = strings.TrimPrefix(name, "pulumi-")
	}
	return dependency
}

func parameters(given *plugin.PulumiParameterizationJSON) *pulumirpc.PackageParameterization {
	if given == nil {
		return nil
	}
	return &pulumirpc.PackageParameterization{Name: given.Name, Version: given.Version, Value: given.Value}
}

// released matches the versions of PEP 440 that have an equal among semantic versions.
var released = regexp.MustCompile(`^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(a|b|rc)(\d+))?(?:\.(post\d+))?(?:\.(dev\d+))?$`)

// semantic is a package's version as a provider's; empty where none can be told.
func semantic(version string) string {
	part := released.FindStringSubmatch(version)
	if part == nil {
		return ""
	}
	for i := 2; i <= 3; i++ {
		if part[i] == "" {
			part[i] = "0"
		}
	}
	text := strings.Join(part[1:4], ".")
	if part[4] != "" {
		stage := map[string]string{"a": "alpha", "b": "beta", "rc": "rc"}[part[4]]
		text += "-" + stage + "." + part[5]
	}
	if part[6]+part[7] != "" {
		text += "+" + part[6] + part[7]
	}
	return text
}
