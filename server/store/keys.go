package store

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
)

// Keys open the lab to those who have one, each to do as much as its name says.
type Keys struct {
	Lead string `json:"lead"`
	Work string `json:"work"`
	View string `json:"view"`
}

// keysFile is where they are kept, in the data folder, for its owner's eyes alone.
const keysFile = "links.json"

// keyForm is how a key is written: of what is made here, 128 bits and more.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9]{22,100}$`)

// Keys are the data folder's, made when there are none.
func (s *Store) Keys() (Keys, error) {
	path := s.path(keysFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s.newKeys()
	}
	if err != nil {
		return Keys{}, Explain(err)
	}
	keys, err := readKeys(b)
	if err != nil {
		return Keys{}, fmt.Errorf("%s %w: delete the file, and the lab makes new links", path, err)
	}
	os.Chmod(path, 0o600) // as it was made; drives without modes keep theirs
	return keys, nil
}

func (s *Store) newKeys() (Keys, error) {
	keys := Keys{Lead: rand.Text(), Work: rand.Text(), View: rand.Text()}
	b, err := json.MarshalIndent(keys, "", "  ")
	if err != nil {
		return Keys{}, err
	}
	return keys, writePrivate(s.path(keysFile), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// readKeys reads a file of keys; the error goes on from the file's name.
func readKeys(b []byte) (Keys, error) {
	var k Keys
	if err := json.Unmarshal(b, &k); err != nil {
		return Keys{}, fmt.Errorf("holds no keys (%w)", err)
	}
	for name, key := range map[string]string{"lead": k.Lead, "work": k.Work, "view": k.View} {
		if !keyForm.MatchString(key) {
			return Keys{}, fmt.Errorf("has no key %q of at least 22 letters and digits", name)
		}
	}
	if k.Lead == k.Work || k.Lead == k.View || k.Work == k.View {
		return Keys{}, errors.New("has the same key twice")
	}
	return k, nil
}
