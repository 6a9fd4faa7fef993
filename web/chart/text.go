package chart

import (
	"math"
	"strconv"
	"strings"
)

// Text writes x with three significant digits; what is not a number is a dash.
func Text(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "–"
	case x == 0:
		return "0"
	}
	a := math.Abs(x)
	if a >= 1e5 || a < 1e-3 {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', 1, 64), "e")
		n, _ := strconv.Atoi(exponent)
		return strings.Replace(strings.TrimSuffix(mantissa, ".0"), "-", "−", 1) + "·10" + superscript(n)
	}
	digits := max(0, 2-int(math.Floor(math.Log10(a))))
	return strings.Replace(strconv.FormatFloat(x, 'f', digits, 64), "-", "−", 1)
}

func superscript(n int) string {
	return strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(n))
}
