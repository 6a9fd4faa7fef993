package lab

import (
	"strings"
	"testing"

	"unmixlab/sim/kernel"
)

// A run that another machine's kernel computed goes on here only when that is asked for,
// and says so from then on.
func TestARunKeepsItsKernel(t *testing.T) {
	t.Parallel()
	l, _ := openLab(t, Config{})
	run := trained(t, l, tiny(3))
	files := unpacked(t, archived(t, l, run.ID))
	own := `"kernel": "` + kernel.Name() + `"`
	about := strings.ReplaceAll(files[aboutFile], own, `"kernel": "other"`)
	if about == files[aboutFile] {
		t.Fatalf("the archive says no kernel: %s", about)
	}
	files[aboutFile] = strings.ReplaceAll(about, `"state": "finished"`, `"state": "paused"`)
	there, _ := openLab(t, Config{})
	came, err := importOf(t, there, packed(t, files))
	if err != nil {
		t.Fatal(err)
	}
	_, err = there.ResumeRun(t.Context(), came.ID)
	why := Refusal(err)
	if why == nil || why.Kind != Conflict || len(why.Fields) != 1 || why.Fields[0].Field != "kernel" || !strings.Contains(why.Message, "--kernel other") {
		t.Fatalf("it goes on with another kernel: %v", err)
	}
	if _, err := there.ResumeWithKernel(t.Context(), came.ID); err != nil {
		t.Fatal(err)
	}
	if err := there.Wait(t.Context(), came.ID); err != nil {
		t.Fatal(err)
	}
	if end, err := there.FindRun(t.Context(), came.ID); err != nil || end.Kernel != "other, "+kernel.Name() {
		t.Errorf("its kernels are %q, %v", end.Kernel, err)
	}
}
