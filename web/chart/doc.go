// Package chart turns results into ECharts options, as JSON that a page hands to
// echarts.setOption. go-echarts builds the frame; this package is the only place
// that encodes one.
//
// What an option from here is like, and what the page has to do with it:
//
//   - Colours are palette tokens, strings of the form "var(--source1)" (Palette is
//     the table; the style sheet defines the same names for light and for dark). A
//     canvas does not know CSS, so before setOption the page replaces every string
//     that is such a token by the computed value of that property, anywhere in the
//     option, and does so again when the colour scheme changes. Hatched is one more
//     such token; hatching in a colour takes its place.
//   - The page's own font and ink are the text's: options set neither a font nor a
//     text style for the whole chart.
//   - Nothing moves (animation is off), nothing is fetched, no id is random: the same
//     result gives the same bytes.
//   - A value that is not a finite number is null, which ECharts draws as a gap.
//   - Every axis carries a name with its unit. Lines carry their name at their end
//     where there are few, else there is a legend.
//   - Options with grid3D need echarts-gl and WebGL. Space gives a plain option beside
//     each, to be shown where there is none.
//   - No option holds JavaScript.
//
// A chart alone is not accessible: a Table goes with each.
package chart
