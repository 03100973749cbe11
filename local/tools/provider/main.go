// Command pulumi-resource-kubernetes is the Kubernetes resource provider, built from its own module.
//
// The module's own main embeds a file that is generated at release time and is not part of the module,
// so this main embeds the schema that is: schema.json is copied from the module before the build.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, []byte("{}"))
}
