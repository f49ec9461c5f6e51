import {defineConfig} from 'vitest/config';

// YIPING_URL is the server that the development page and the end-to-end tests talk to.
const server = process.env.YIPING_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  build: {
    target: 'esnext',
    chunkSizeWarningLimit: 2000,
    // The font and the worker stay files of their own: inlined they would be loaded twice.
    assetsInlineLimit: 0,
    rolldownOptions: {input: {wall: 'index.html', docs: 'docs/index.html'}},
  },
  worker: {format: 'es'},
  server: {
    proxy: {
      ...Object.fromEntries(
        [
          '/ogc',
          '/tiles',
          '/codes',
          '/readyz',
          '/stats',
          '/regions',
          '/streams',
          '/fences',
          '/heat',
          '/openapi.json',
        ].map((path) => [path, server]),
      ),
      '/live': {target: server, ws: true},
    },
  },
  test: {
    projects: [
      {extends: true, test: {name: 'unit', include: ['src/**/*.test.ts']}},
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.spec.ts'],
          // A page on software rendering shares two cores with its server.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
