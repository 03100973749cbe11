/** Variables and users: what is refused. */
import { at, over, refusal, without } from "./spoil";

export const ENVIRONMENT_REFUSALS = [
  refusal(
    "variable",
    /env_variables[^:]*: not a name/,
    [{ "1A": "x" }, { "A=B": "x" }, { "": "x" }],
    at("env_variables"),
  ),
  refusal(
    "reserved-variable",
    /env_variables\.\w+: a variable that the platform sets/,
    ["NVIDIA_VISIBLE_DEVICES", "n_users", "user_1"],
    (config, name) => ({
      ...config,
      user_secret: ["a", "b"],
      user_secret_params: ["user"],
      env_variables: { [String(name)]: "all" },
    }),
  ),
  refusal(
    "variable-value",
    /env_variables\.A: a value with a zero byte/,
    [{ A: "\0" }],
    at("env_variables"),
  ),
  refusal(
    "secrets-alone",
    /user_secret: of no use without/,
    [{ user_secret: ["a"] }, { user_secret: ["a"], user_secret_params: [] }],
    (config, value) => over(without(config, "user_secret", "user_secret_params"), value),
  ),
  refusal(
    "params-alone",
    /user_secret_params: of no use without/,
    [{ user_secret_params: ["user"] }],
    (config, value) => over(without(config, "user_secret", "user_secret_params"), value),
  ),
  refusal(
    "user-secret",
    /user_secret\[0\]: not a name/,
    [["USER_1_SECRET"], [""]],
    (config, value) => ({
      ...config,
      user_secret: value,
      user_secret_params: ["user"],
    }),
  ),
  refusal(
    "user-param",
    /user_secret_params\[0\]: (not a key|a variable)/,
    [["1a"], ["n_users"], ["a b"]],
    (config, value) => ({
      ...config,
      user_secret: ["a"],
      user_secret_params: value,
    }),
  ),
  refusal(
    "user-twice",
    /user_secret\w*\[1\]: named twice/,
    [
      { user_secret: ["a", "a"], user_secret_params: ["user"] },
      { user_secret: ["a"], user_secret_params: ["user", "user"] },
    ],
    over,
  ),
] as const;
