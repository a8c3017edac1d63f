//go:build tools

// Package tools names what `make conformance` builds from the Go module proxy: go.mod says which versions, go.sum what is in them.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"
