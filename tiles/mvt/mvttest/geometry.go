package mvttest

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"yiping/tiles/mvt"
)

// reader reads the commands of a geometry (4.3).
type reader struct {
	commands []uint32
	cursor   mvt.Point
}

const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// command reads a command that must be the one wanted, and its count.
func (r *reader) command(want uint32) (int, error) {
	if len(r.commands) == 0 {
		return 0, fmt.Errorf("geometry ends before command %d", want)
	}
	id, count := r.commands[0]&7, r.commands[0]>>3
	r.commands = r.commands[1:]
	switch {
	case id != want:
		return 0, fmt.Errorf("command %d where %d must be", id, want)
	case want == closePath && count != 1:
		return 0, fmt.Errorf("ClosePath has count %d", count)
	case count == 0:
		return 0, fmt.Errorf("command %d has no count", id)
	case want != closePath && int(count) > len(r.commands)/2:
		return 0, fmt.Errorf("command %d has count %d and %d parameters", id, count, len(r.commands))
	}
	return int(count), nil
}

// move reads one pair of parameters.
func (r *reader) move() (mvt.Point, error) {
	dx, dy := protowire.DecodeZigZag(uint64(r.commands[0])), protowire.DecodeZigZag(uint64(r.commands[1]))
	r.commands = r.commands[2:]
	r.cursor = mvt.Point{X: r.cursor.X + int32(dx), Y: r.cursor.Y + int32(dy)}
	if dx == 0 && dy == 0 {
		return r.cursor, errors.New("LineTo its own place")
	}
	return r.cursor, nil
}

func decodeGeometry(kind mvt.GeometryType, commands []uint32) ([][]mvt.Point, error) {
	r := &reader{commands: commands}
	if len(commands) == 0 {
		return nil, errors.New("geometry is empty")
	}
	var parts [][]mvt.Point
	switch kind {
	case mvt.Points:
		n, err := r.command(moveTo)
		if err != nil {
			return nil, err
		}
		var points []mvt.Point
		for range n {
			p, _ := r.move() // points may coincide
			points = append(points, p)
		}
		if len(r.commands) > 0 {
			return nil, errors.New("points are followed by something")
		}
		return append(parts, points), nil
	case mvt.Lines, mvt.Polygons:
		for len(r.commands) > 0 {
			part, err := r.path(kind == mvt.Polygons)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// path reads a line, or a ring with its ClosePath.
func (r *reader) path(ring bool) ([]mvt.Point, error) {
	if n, err := r.command(moveTo); err != nil || n != 1 {
		return nil, fmt.Errorf("MoveTo of %d: %w", n, err)
	}
	start, _ := r.move()
	n, err := r.command(lineTo)
	if err != nil {
		return nil, err
	}
	path := []mvt.Point{start}
	for range n {
		p, err := r.move()
		if err != nil {
			return nil, err
		}
		path = append(path, p)
	}
	if !ring {
		return path, nil
	}
	if n < 2 {
		return nil, fmt.Errorf("ring of %d points", n+1)
	}
	_, err = r.command(closePath)
	return path, err
}
