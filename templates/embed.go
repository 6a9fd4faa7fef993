// Package templates holds the lab's HTML: one layout, partials that several pages
// use, and one file for each page and for each lesson.
package templates

import "embed"

//go:embed layout.html standalone.html partials/*.html pages/*.html lessons/*.md
var FS embed.FS
