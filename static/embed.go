// Package static holds what the lab's pages load: style sheets, ES modules, the
// icon and, in a binary that `make build` made, ECharts.
package static

import "embed"

//go:embed css js vendor icon.svg
var FS embed.FS
