package postgis_test

import (
	"testing"

	"yiping/layers/postgis/postgistest"
)

func TestMain(m *testing.M) { postgistest.Main(m) }
