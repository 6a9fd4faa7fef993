package modelfile

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// saveWhole says how a network is saved so that the lab can read it.
const saveWhole = `torch.save(net, "net.pt")`

// byteOrderMark is what some editors and transfers put in front of a file.
var byteOrderMark = []byte("\xef\xbb\xbf")

// unwrapped is a file without a byte order mark in front and without gzip around it.
func unwrapped(b []byte) ([]byte, error) {
	if len(b) > MaxSize {
		return nil, errTooLarge
	}
	b = bytes.TrimPrefix(b, byteOrderMark)
	if isSafetensors(b) || !bytes.HasPrefix(b, []byte("\x1f\x8b\x08")) {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err == nil {
		b, err = io.ReadAll(io.LimitReader(r, MaxSize+1))
	}
	if err != nil {
		return nil, errors.New("it is compressed by gzip, and damaged or cut off: copy it again")
	}
	if len(b) > MaxSize {
		return nil, fmt.Errorf("it is compressed by gzip, and unpacked %w", errTooLarge)
	}
	return bytes.TrimPrefix(b, byteOrderMark), nil
}

var errTooLarge = fmt.Errorf("the file is larger than %d MB", MaxSize>>20)

// isSafetensors tells whether a file begins with a header's length and a header.
func isSafetensors(b []byte) bool {
	return len(b) > 8 && b[8] == '{' && binary.LittleEndian.Uint64(b) <= maxHeader
}

// foreignFormats are formats that are not read, by the bytes they begin with.
var foreignFormats = []struct{ begins, is, instead string }{
	{"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras and MATLAB write it", saveInstead},
	{"\x93NUMPY", "a NumPy array (.npy)", saveInstead},
	{"MATLAB 5.0 MAT-file", "a MATLAB file", saveInstead},
	{"GGUF", "a GGUF file", saveInstead},
	{"version https://git-lfs.github.com/spec", "a pointer of Git LFS, not the file itself", "fetch it with git lfs pull"},
	{"/annex/objects/", "a pointer of git-annex, not the file itself", "fetch it with git annex get"},
	{"../.git/annex/", "a pointer of git-annex, not the file itself", "fetch it with git annex get"},
	{"BZh", "compressed by bzip2", "unpack it first"},
	{"\xfd7zXZ\x00", "compressed by xz", "unpack it first"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"},
	{"Rar!", "a RAR archive", "unpack it first"},
	{"\x1f\x8b", "compressed by gzip twice", "unpack it first"},
	{"RIFF", "a sound", "upload it among the sounds"},
	{"RF64", "a sound", "upload it among the sounds"},
	{"fLaC", "a sound", "convert it to WAV and upload it among the sounds"},
	{"ID3", "a sound", "convert it to WAV and upload it among the sounds"},
	{"%PDF", "a PDF", otherFile},
	{"\x89PNG", "a picture", otherFile},
	{"\xff\xd8\xff", "a picture", otherFile},
	{"SQLite format 3", "a database", otherFile},
	{"\xff\xfe", "a text in UTF-16", otherFile},
	{"\xfe\xff", "a text in UTF-16", otherFile},
}

const (
	saveInstead = "save the PyTorch network itself, " + saveWhole
	otherFile   = "name the network's .pt or .safetensors file"
)

// foreign names the format of a file that is neither PyTorch's nor safetensors; nil
// where it may be one of these.
func foreign(b []byte) error {
	if len(b) == 0 {
		return errors.New("the file is empty: copy it again")
	}
	if isSafetensors(b) {
		return nil
	}
	for _, f := range foreignFormats {
		if bytes.HasPrefix(b, []byte(f.begins)) {
			return notRead(f.is, f.instead)
		}
	}
	switch {
	case len(b) > 262 && string(b[257:262]) == "ustar":
		return foreignTar(b)
	case b[0] == 0x80 && len(b) > 1 && b[1] <= 5:
		return notRead("a pickle that torch.save did not write", saveInstead)
	case b[0] == 0x08 && (bytes.Contains(b[:min(len(b), 256)], []byte("pytorch")) || bytes.Contains(b[:min(len(b), 256)], []byte("onnx"))):
		return notRead("an ONNX file", saveInstead)
	}
	return foreignText(b)
}

func notRead(is, instead string) error {
	return fmt.Errorf("it is %s, which is not read here: %s", is, instead)
}

// foreignTar tells PyTorch's first format from other tar archives.
func foreignTar(b []byte) error {
	head := b[:min(len(b), 1<<20)]
	if bytes.Contains(head, []byte("sys_info")) && bytes.Contains(head, []byte("pickle")) {
		return notRead("a file of PyTorch 0.1 (a tar archive)", "open it with a later PyTorch and save it again, "+saveWhole)
	}
	return notRead("a tar archive", "unpack it first, and name the .pt or .safetensors file in it")
}

// foreignText names what is text.
func foreignText(b []byte) error {
	head := bytes.ToLower(bytes.TrimSpace(b[:min(len(b), 512)]))
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' {
			return nil
		}
	}
	switch {
	case len(head) == 0:
		return errors.New("the file has nothing but blanks: copy it again")
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")), bytes.HasPrefix(head, []byte("<head")):
		return notRead("a web page, perhaps one that says why the download failed", "download the file again")
	case head[0] == '<':
		return notRead("an XML text, perhaps one that says why the download failed", "download the file again")
	case head[0] == '{' || head[0] == '[':
		return notRead("a JSON text", otherFile)
	}
	return notRead("a text", otherFile)
}

// foreignArchive names a zip archive that torch.save did not write.
func foreignArchive(files map[string]*zip.File, root string, pickled bool) error {
	inFolder, bases, endings := map[string]bool{}, map[string]bool{}, map[string]int{}
	for name := range files {
		first, _, _ := strings.Cut(strings.TrimPrefix(name, root), "/")
		inFolder[first], bases[path.Base(name)] = true, true
		endings[path.Ext(name)]++
	}
	switch {
	case files[root+"constants.pkl"] != nil, inFolder["code"] && pickled:
		return notRead("a TorchScript archive (torch.jit.save)", saveInstead)
	case pickled:
		return nil
	case bases["model.weights.h5"]:
		return notRead("a Keras file", saveInstead)
	case endings[".npy"] > 0 && endings[".npy"] == len(files):
		return notRead("a NumPy archive (.npz)", saveInstead)
	case bases["archive_format"] || bases["serialized_exported_program.json"]:
		return notRead("an exported PyTorch program (.pt2)", saveInstead)
	case endings[".pt"]+endings[".pth"]+endings[".safetensors"] > 0:
		return notRead("a zip archive with the file in it", "unpack it first, and name the .pt or .safetensors file")
	}
	return notRead("a zip archive without a data.pkl", saveInstead)
}
