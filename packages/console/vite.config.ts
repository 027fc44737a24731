import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the development server passes calls on to. */
const server = process.env.QM_CONSOLE_PROXY ?? 'http://127.0.0.1:7700';

/** Libraries change seldom and pages often, so that each group of libraries is a file of its own. */
const chunks = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'antd', test: /node_modules\/(antd|@ant-design|@rc-component|dayjs)\// },
  { name: 'echarts', test: /node_modules\/(echarts|zrender)\// },
  { name: 'platform', test: /node_modules\/(@tanstack|i18next|react-i18next|zod)\// },
  // Together, because zod must be told before the first schema is built (see eval-free-zod.ts).
  { name: 'contract', test: /(packages\/contract\/src|shell\/eval-free-zod)/ },
];

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  server: {
    proxy: Object.fromEntries(['/v1', '/healthz', '/openapi.json', '/docs'].map((path) => [path, server])),
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Everything is served by the same process on the same machine; a size that is worth a second look.
    chunkSizeWarningLimit: 1400,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
});
