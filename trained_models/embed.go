// Package trainedmodels holds the models that come with the lab; README.md beside
// this file says how they were made.
package trainedmodels

import "embed"

// FS holds this folder's files, the models among them as <id>.safetensors.
//
//go:embed *
var FS embed.FS
