package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A sound that is added to the form says what was read of its file, or why it is no source.
func TestBrowserAddsSounds(t *testing.T) {
	l := boot(t, Config{})
	b := openBrowser(t, l)
	b.open("/runs/new")
	b.set("#field-sources", "wav")
	add := func(name string, file []byte, words ...string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles(`input[name="upload"]`, []string{path}))
		for _, w := range words {
			b.text("#upload-status", w)
		}
	}
	whole := tone(3)
	add("bell.wav", whole[:len(whole)-1], "bell.wav is there: 0.5 s, 1 channel, 16-bit PCM at 8,000 Hz.", "was dropped.")
	b.until("the sound is chosen", `document.querySelector("#field-wav input:checked") !== null`)
	add("hum.wav", soundOf(func(int) int16 { return 8000 }, 8000), "constant")
}
