package postgis

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"

	"yiping/layers"
)

// Fingerprint tells apart programs that would make different databases: by their
// migrations, standard layers and tables. It is sixteen hexadecimal digits.
func Fingerprint() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := migrations.ReadFile(name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	standard, err := layers.Standard()
	if err != nil {
		return "", err
	}
	for _, l := range standard {
		definition, err := json.Marshal(l)
		if err != nil {
			return "", fmt.Errorf("layer %s: %w", l.Name, err)
		}
		fmt.Fprintf(sum, "%s\n%q\n", definition, tableStatements(l))
	}
	fmt.Fprint(sum, componentClasses)
	return fmt.Sprintf("%x", sum.Sum(nil)[:8]), nil
}
