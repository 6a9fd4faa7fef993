package lab

import (
	"strings"
	"testing"
)

func TestFileNamesAreCleaned(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"bell.wav": "bell.wav", `C:\sounds\bell.wav`: "bell.wav", "../../etc/passwd": "passwd", "": "sound", "/": "sound", "..": "sound",
		"a\x00b\nc.wav": "abc.wav", "\xff\xfeö.wav": "ö.wav", strings.Repeat("é", 100): strings.Repeat("é", 80),
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}
