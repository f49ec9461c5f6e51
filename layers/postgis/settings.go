package postgis

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

const mebibyte = 1 << 20

// serverSettings are the server's settings for a machine with this much memory.
// The database shares the machine with the service, so it takes a part only.
func serverSettings(memory uint64, socketDir string) map[string]string {
	share := func(part uint64, low, high uint64) string {
		return fmt.Sprintf("%dMB", min(max(memory/part/mebibyte, low), high))
	}
	s := map[string]string{
		"listen_addresses":        "", // the Unix socket is the only door
		"unix_socket_directories": socketDir,
		"max_connections":         "40",
		"shared_buffers":          share(10, 128, 4096),
		"effective_cache_size":    share(2, 512, 65536),
		"maintenance_work_mem":    share(16, 64, 2048),
		"work_mem":                share(256, 8, 128),
		// A bulk load into a table made in the same transaction skips the log
		// under minimal; there is no replica that would need more.
		"wal_level":                        "minimal",
		"max_wal_senders":                  "0",
		"max_wal_size":                     "8GB",
		"min_wal_size":                     "512MB",
		"wal_compression":                  "on",
		"wal_buffers":                      "64MB",
		"checkpoint_timeout":               "15min",
		"checkpoint_completion_target":     "0.9",
		"random_page_cost":                 "1.1",
		"effective_io_concurrency":         "200",
		"max_worker_processes":             fmt.Sprint(runtime.NumCPU() + 8),
		"max_parallel_workers":             fmt.Sprint(runtime.NumCPU()),
		"max_parallel_maintenance_workers": fmt.Sprint(runtime.NumCPU()),
		"max_parallel_workers_per_gather":  fmt.Sprint(runtime.NumCPU()),
		"jit":                              "off", // compiling costs more than tiles and items do
		"log_min_messages":                 "warning",
		"log_line_prefix":                  "%p ",
		"timezone":                         "UTC",
		"cluster_name":                     "yiping",
	}
	if smallSharedMemory() {
		// Containers often mount 64 MB there, and parallel queries would fail.
		s["dynamic_shared_memory_type"] = "mmap"
	}
	return s
}

// machineMemory is the memory of the machine in bytes, or 2 GiB where the
// system does not tell.
func machineMemory() uint64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 2 << 30
	}
	return info.Totalram * uint64(info.Unit)
}

func smallSharedMemory() bool {
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err != nil {
		return true
	}
	return fs.Blocks*uint64(fs.Bsize) < 1<<30
}
