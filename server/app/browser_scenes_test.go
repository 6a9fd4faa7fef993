package app

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	trainedmodels "unmixlab/trained_models"
)

// everyCanvas comes past each of a page's canvases, which draw only what is on the screen.
const everyCanvas = `(async () => {
	const frame = () => new Promise(requestAnimationFrame);
	for (const canvas of document.querySelectorAll("canvas")) {
		canvas.scrollIntoView({behavior: "instant", block: "center"});
		for (let i = 0; i < 4; i++) await frame();
	}
	scrollTo({top: 0, behavior: "instant"});
	await frame();
	return true })()`

// Pictures of every scene in its middle, at the sizes of rooms and of a telephone, light
// and dark: for eyes, which no condition replaces. They are taken where
// UNMIXLAB_SCREENSHOTS says where to.
func TestBrowserPicturesOfScenes(t *testing.T) {
	if os.Getenv("UNMIXLAB_SCREENSHOTS") == "" {
		t.Skip("UNMIXLAB_SCREENSHOTS names no folder for pictures")
	}
	t.Parallel()
	b := openBrowser(t, boot(t, Config{Shipped: trainedmodels.FS}))
	for _, scene := range []struct {
		slug, model string
		sample      int
	}{{"two-contexts", "spatial-chords", 2500}, {"freeze", "spatial-chords", 4100}, {"silent", "spatial-chords", 3600},
		{"diagonal", "modulation-chords", 3300}, {"slow", "modulation-slow", 4300}, {"ideal", "ideal-spatial", 4000}} {
		b.stage(fmt.Sprintf("/models/%s/live?scene=%s&panels=account", scene.model, scene.slug))
		b.until("the scene plays", fmt.Sprintf(`document.querySelector('[data-scene=%q]').ariaPressed === "true"`, scene.slug))
		b.reaches(scene.sample)
		b.key(" ", "")
		for _, size := range [][2]int64{{1280, 800}, {1920, 1080}, {390, 844}} {
			for _, theme := range []string{"light", "dark"} {
				b.size(size[0], theme)
				b.do(chromedp.EmulateViewport(size[0], size[1]))
				b.run(everyCanvas)
				b.picture(fmt.Sprintf("scene-%s-%d-%s", scene.slug, size[0], theme))
			}
		}
		b.size(1280, "light")
	}
}
