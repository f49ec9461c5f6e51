package postgis

import (
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// componentClasses is the list of component classes after GB/T 47678.5-2026,
// appendix A (codes and names, which are facts). It only fills an empty table:
// what users edit there stays.
//
//go:embed component_class.csv
var componentClasses string

// ComponentClass is a class of city components.
type ComponentClass struct {
	Code  string `json:"code"`
	Group string `json:"group"`
	Class string `json:"class"`
	Name  string `json:"name"`
}

func fillComponentClasses(ctx context.Context, tx pgx.Tx) error {
	records, err := csv.NewReader(strings.NewReader(componentClasses)).ReadAll()
	if err != nil {
		return fmt.Errorf("read component classes: %w", err)
	}
	for _, r := range records[1:] {
		_, err := tx.Exec(ctx, `INSERT INTO city.component_class (code, class_code, class_name, name)
			VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, r[0], r[1], r[2], r[3])
		if err != nil {
			return fmt.Errorf("fill component classes: %w", err)
		}
	}
	return nil
}

// ComponentClasses returns the classes of city components by code.
func (s *Store) ComponentClasses(ctx context.Context) ([]ComponentClass, error) {
	rows, err := s.pool.Query(ctx, "SELECT code, class_code, class_name, name FROM city.component_class ORDER BY code")
	if err != nil {
		return nil, fmt.Errorf("read component classes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ComponentClass])
}
