package modelfile_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"unmixlab/sim/modelfile"
	"unmixlab/sim/spec"
)

func tarred(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 1}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("x"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A format that is not read is named, and the answer says what to do.
func TestFormatsThatAreNotReadAreNamed(t *testing.T) {
	const again = `torch.save(net, "net.pt")`
	archive := func(names ...string) []byte {
		files := map[string][]byte{}
		for _, n := range names {
			files[n] = []byte("x")
		}
		return zipped(t, files)
	}
	legacy := savedLegacy(distinct(), "")
	for name, c := range map[string]struct {
		b    []byte
		want []string
	}{
		"TorchScript":      {archive("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py"), []string{"TorchScript", again}},
		"old TorchScript":  {archive("net/data.pkl", "net/code/net.py"), []string{"TorchScript", again}},
		"exported program": {archive("net/archive_format", "net/models/model.json"), []string{"exported PyTorch program", again}},
		"ONNX":             {[]byte("\x08\x07\x12\x07pytorch\x1a\x051.13:\x80\x01"), []string{"ONNX", again}},
		"HDF5":             {[]byte("\x89HDF\r\n\x1a\n\x00\x00\x00"), []string{"HDF5", "Keras", again}},
		"Keras":            {archive("metadata.json", "config.json", "model.weights.h5"), []string{"Keras", again}},
		".npy":             {[]byte("\x93NUMPY\x01\x00v\x00{'descr': '<f4'"), []string{"NumPy array (.npy)", again}},
		".npz":             {archive("w0.npy", "Wro.npy"), []string{"NumPy archive (.npz)", again}},
		"MATLAB":           {[]byte("MATLAB 5.0 MAT-file, Platform: GLNXA64"), []string{"MATLAB", again}},
		"PyTorch 0.1":      {tarred(t, "sys_info", "pickle", "storages", "tensors"), []string{"PyTorch 0.1", again}},
		"tar":              {tarred(t, "net.pt"), []string{"tar archive", "unpack"}},
		"a .pt in a zip":   {archive("download/net.pt"), []string{"zip archive", "unpack"}},
		"another zip":      {archive("a.txt"), []string{"zip archive", again}},
		"plain pickle":     {[]byte("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}."), []string{"pickle that torch.save did not write", again}},
		"Git LFS":          {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 177672\n"), []string{"Git LFS", "git lfs pull"}},
		"git-annex":        {[]byte("/annex/objects/SHA256E-s177672--4d7a.pt\n"), []string{"git-annex", "git annex get"}},
		"web page":         {[]byte("\n<!DOCTYPE html>\n<html><title>404</title>"), []string{"web page", "download"}},
		"web page, marked": {marked([]byte("<html>")), []string{"web page", "download"}},
		"XML":              {[]byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code>`), []string{"XML", "download"}},
		"JSON":             {[]byte(`{"model": "modulation", "hidden": 100}`), []string{"JSON", ".safetensors"}},
		"text":             {[]byte("Loss after 100 batches: 3.5\n"), []string{"a text", ".safetensors"}},
		"empty":            {nil, []string{"empty", "copy it again"}},
		"only a mark":      {marked(nil), []string{"empty"}},
		"blanks":           {[]byte(" \n\n "), []string{"blanks"}},
		"xz":               {[]byte("\xfd7zXZ\x00\x00\x04"), []string{"xz", "unpack"}},
		"gzip twice":       {gzipped(t, gzipped(t, legacy)), []string{"gzip twice", "unpack"}},
		"gzip, cut off":    {gzipped(t, legacy)[:200], []string{"gzip", "cut off", "copy it again"}},
		"gzip of a page":   {gzipped(t, []byte("<html>no</html>")), []string{"web page"}},
		"a gzip bomb":      {gzipped(t, make([]byte, modelfile.MaxSize+1)), []string{"gzip", "64 MB"}},
		"a sound":          {[]byte("RIFF\x24\x00\x00\x00WAVEfmt "), []string{"sound", "upload"}},
		"UTF-16":           {[]byte("\xff\xfeh\x00i\x00"), []string{"UTF-16"}},
		"cut off zip":      {distinct().save(t)[:600], []string{"zip archive", "copy it again"}},
		"cut off legacy":   {legacy[:len(legacy)-3], []string{"cut off", "copy it again"}},
		"cut off pickle":   {legacy[:300], []string{"pickle", "cut off"}},
		"nothing known":    {[]byte("\x01\x02\x03\x04\x05\x06\x07\x08\x09"), []string{"safetensors", again}},
		"a list":           {saved(t, list{1, 2}), []string{"a list", "published classes", again}},
		"a tensor":         {saved(t, zeros(2, 2)), []string{"a tensor of shape [2 2]", "published classes"}},
		"another class":    {saved(t, module{class: "torchvision.models.resnet\nResNet"}), []string{"torchvision.models.resnet.ResNet", "DaleRateNet", again}},
		"a wrapped one":    {wrapper("torch.nn.parallel.data_parallel\nDataParallel", "module", module{class: "mine\nNet"}).save(t), []string{"mine.Net", again}},
		"an optimizer":     {saved(t, dict{{"optimizer", adam()}}), []string{"dictionary without", "published classes"}},
		"os.system": {savedLegacy(dict{{"model", distinct()}, {"x", raw("cos\nsystem\nX\x02\x00\x00\x00ls\x85R")}}, ""),
			[]string{`"os"."system"`, "nothing of it was run"}},
		"an evil attribute": {saved(t, dict{{"x", raw("cbuiltins\nexec\nX\x01\x00\x00\x001\x85R")}}), []string{`"builtins"."exec"`, "nothing of it was run"}},
		"by STACK_GLOBAL":   {saved(t, raw("\x8c\x0asubprocess\x8c\x05Popen\x93\x8c\x02ls\x85R")), []string{`"subprocess"."Popen"`, "nothing of it was run"}},
	} {
		f, err := modelfile.Import(name, c.b)
		if err == nil {
			t.Errorf("%s is read as %+v", name, f.Network.Spec)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q, want %q in it", name, err, want)
			}
		}
		for _, go_ := range []string{"modelfile", "types.", "interface", "uint", "EOF", "zip:", "gzip:", "json:"} {
			if strings.Contains(err.Error(), go_) {
				t.Errorf("%s: error %q speaks of %q", name, err, go_)
			}
		}
	}
}

// The length of a safetensors header is its first bytes: none is taken for a format.
func TestHeadersOfAnyLengthAreRead(t *testing.T) {
	good := written(t, &modelfile.File{Network: network(t, spec.Modulation)})
	has := int(binary.LittleEndian.Uint64(good))
	for _, length := range []int{0x4b50, 0x8b1f, 0x088b1f, 0xfeff, 0x5a42, 0x0580} { // PK, gzip, UTF-16, bzip2, a pickle
		b := binary.LittleEndian.AppendUint64(nil, uint64(length))
		b = append(b, good[8:8+has]...)
		b = append(b, bytes.Repeat([]byte(" "), length-has)...)
		if _, err := modelfile.Import("x", append(b, good[8+has:]...)); err != nil {
			t.Errorf("a header of %#x bytes: %v", length, err)
		}
	}
}
