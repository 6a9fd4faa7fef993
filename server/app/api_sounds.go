package app

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"unmixlab/server/lab"
)

func (a *App) listSounds(ctx context.Context, _ *struct{}) (*answer[[]lab.SoundInfo], error) {
	sounds, err := a.lab.Sounds(ctx)
	return &answer[[]lab.SoundInfo]{sounds}, err
}

// upload is a form with one file.
type upload struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true" doc:"the file"`
	}]
}

// read gives the file's bytes and name.
func (u *upload) read() ([]byte, string, error) {
	f := u.RawBody.Data().File
	if !f.IsSet {
		return nil, "", invalid("body.file", "is missing: send a form with a file in its field \"file\"")
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, "", fmt.Errorf("read the uploaded file: %w", err)
	}
	return b, f.Filename, nil
}

func (a *App) addSound(ctx context.Context, in *upload) (*answer[lab.SoundInfo], error) {
	b, name, err := in.read()
	if err != nil {
		return nil, err
	}
	sound, err := a.lab.AddSound(ctx, name, bytes.NewReader(b))
	return &answer[lab.SoundInfo]{sound}, err
}
