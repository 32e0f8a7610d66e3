// Builds dist/widget.js, the one file that sites load: `npm run build`. With an argument, it is written there instead.
//
// The same sources and lock give the same bytes everywhere: tests/widget/test_build.py builds anew and compares.

import { readFile } from "node:fs/promises";
import { build, transform } from "esbuild";

/** Style sheets are imported as text, minified. */
const styleSheets = {
  name: "style sheets",
  setup(made) {
    made.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const outfile = process.argv[2] ?? "dist/widget.js";
await build({
  entryPoints: ["src/main.ts"],
  absWorkingDir: import.meta.dirname ?? new URL(".", import.meta.url).pathname,
  outfile,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2021"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* Trợ lý thủ tục hành chính. Lit: Copyright Google LLC, BSD-3-Clause. */" },
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [styleSheets],
});
