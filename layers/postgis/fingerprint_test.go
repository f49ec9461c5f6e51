package postgis_test

import (
	"testing"

	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// The databases of tests are copies of one that this very program has made, even
// on a server that another program's tests have used.
func TestTestsHaveTheirOwnTemplate(t *testing.T) {
	t.Parallel()
	fingerprint, err := postgis.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	var templates int
	err = postgistest.Conn(t, postgistest.URL(t)).QueryRow(t.Context(),
		"SELECT count(*) FROM pg_database WHERE datname = 'yiping_test_template_' || $1", fingerprint).Scan(&templates)
	if err != nil || templates != 1 {
		t.Errorf("%d templates of %s, error %v; want one", templates, fingerprint, err)
	}
}
