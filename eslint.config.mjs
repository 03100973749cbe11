import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Imports point downward only: what each folder of docs/decisions/layout.md may not reach. */
function forbid(folder, ...patterns) {
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: patterns.map((regex) => ({
            regex,
            message: `${folder}/ may not import this: imports point downward only.`,
          })),
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ["node_modules", ".local", "**/*.js", "**/*.mjs", "endpoint/client/api.ts"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "@pulumi": pulumi },
    rules: {
      "max-lines": ["error", 250],
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // `import x = require()` is not used; dynamic `await import` keeps heavy libraries out of start-up. Our own
      // code that is loaded on demand is required: the Node host's loader takes TypeScript no other way.
      "@typescript-eslint/no-require-imports": [
        "error",
        { allow: ["^\\./(platform|federation|parts)(/endpoint)?$"] },
      ],
    },
  },
  forbid(
    "components/model",
    "@pulumi/",
    "^(node:)?(fs|https?|child_process|net)(/|$)",
    "\\.\\./(\\.\\./)?(stacks|cli|local|endpoint|cluster|nodes|workspaces|register)",
  ),
  forbid("components", "(^|/)\\.\\./(\\.\\./)*(stacks|cli|local|endpoint|policy|test|bench)(/|$)"),
  forbid(
    "stacks",
    "(^|/)\\.\\./(\\.\\./)*(cli|local|endpoint|policy|test|bench)(/|$)",
    "@kubernetes/client-node",
  ),
  forbid("cli", "(^|/)\\.\\./(\\.\\./)*(local|endpoint|policy|test|bench)(/|$)"),
  // A program of its own, with an image of its own: the engine and its SDK are not in it.
  forbid(
    "endpoint",
    "^@pulumi/",
    "(^|/)\\.\\./(\\.\\./)*(stacks|cli|local|policy|test|bench)(/|$)",
    "(^|/)\\.\\./(\\.\\./)*components/(?!model/)",
  ),
  forbid("local", "(^|/)\\.\\./(\\.\\./)*(stacks|cli|components|endpoint|policy|test|bench)(/|$)"),
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines": ["error", 300],
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
);
