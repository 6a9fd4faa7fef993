// Package templates holds the lab's HTML: one layout, partials that several pages
// use, and one file for each page.
package templates

import "embed"

//go:embed layout.html standalone.html partials/*.html pages/*.html
var FS embed.FS
