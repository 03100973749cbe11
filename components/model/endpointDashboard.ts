/** Grafana's dashboard of the endpoint, as the JSON that it imports. */

const PREFIX = "science_platform_endpoint";

/** Panels are two in a row of 24 columns. */
const WIDTH = 12;
const HEIGHT = 8;

interface Query {
  expr: string;
  legend: string;
}

interface Panel {
  title: string;
  /** What it means when the line leaves its usual place. */
  description: string;
  /** Grafana's name of it, such as `s`, `reqps`, `bytes`. */
  unit: string;
  queries: Query[];
}

function quantile(q: number, metric: string, by: string): string {
  return `histogram_quantile(${q}, sum by (le, ${by}) (rate(${PREFIX}_${metric}_bucket[$__rate_interval])))`;
}

const PANELS: Panel[] = [
  {
    title: "Requests",
    description: "By status. 429 is a subject's limit; 503 the API server or the issuer.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (status) (rate(${PREFIX}_request_seconds_count[$__rate_interval]))`,
        legend: "{{status}}",
      },
    ],
  },
  {
    title: "Time to answer, 99th percentile",
    description: "By route. Followed logs are as long as people look at them.",
    unit: "s",
    queries: [
      { expr: quantile(0.99, "request_seconds", "method, route"), legend: "{{method}} {{route}}" },
    ],
  },
  {
    title: "Share of requests that failed here",
    description: "5xx of all requests.",
    unit: "percentunit",
    queries: [
      {
        expr:
          `sum(rate(${PREFIX}_request_seconds_count{status=~"5.."}[$__rate_interval])) / ` +
          `sum(rate(${PREFIX}_request_seconds_count[$__rate_interval]))`,
        legend: "failed",
      },
    ],
  },
  {
    title: "Calls to the API server",
    description: "By method and status; 0 is no answer.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (method, status) (rate(${PREFIX}_api_call_seconds_count[$__rate_interval]))`,
        legend: "{{method}} {{status}}",
      },
    ],
  },
  {
    title: "Time of calls to the API server, 99th percentile",
    description: "What is slow here is slow for people, too.",
    unit: "s",
    queries: [{ expr: quantile(0.99, "api_call_seconds", "method"), legend: "{{method}}" }],
  },
  {
    title: "Calls sent again",
    description: "By reason.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (method, reason) (rate(${PREFIX}_api_retries_total[$__rate_interval]))`,
        legend: "{{method}} {{reason}}",
      },
    ],
  },
  {
    title: "Objects in the copies",
    description: "What status is answered from.",
    unit: "short",
    queries: [{ expr: `max by (kind) (${PREFIX}_objects)`, legend: "{{kind}}" }],
  },
  {
    title: "Silence of the watches",
    description: "Since when a copy gets no news. It grows when the API server is away.",
    unit: "s",
    queries: [
      { expr: `max by (kind, pod) (${PREFIX}_watch_silent_seconds)`, legend: "{{kind}} {{pod}}" },
    ],
  },
  {
    title: "Memory",
    description: "Resident, by replica.",
    unit: "bytes",
    queries: [
      {
        expr: `process_resident_memory_bytes and on (instance) ${PREFIX}_objects`,
        legend: "{{instance}}",
      },
    ],
  },
  {
    title: "Delay of the event loop, 99th percentile",
    description: "By replica. Above 0.2 s something computes where it should not.",
    unit: "s",
    queries: [
      {
        expr: `nodejs_eventloop_lag_p99_seconds and on (instance) ${PREFIX}_objects`,
        legend: "{{instance}}",
      },
    ],
  },
];

/** The names of all metrics that the dashboard asks for. */
export function dashboardMetrics(): string[] {
  const names = PANELS.flatMap(({ queries }) =>
    queries.flatMap(
      ({ expr }) => expr.match(/\b(science_platform_endpoint|process|nodejs)_\w+/g) ?? [],
    ),
  );
  return [...new Set(names.map((name) => name.replace(/_(bucket|count)$/, "")))].sort();
}

/** The dashboard. */
export function endpointDashboard(): Record<string, unknown> {
  const datasource = { type: "prometheus", uid: "${datasource}" };
  return {
    uid: "science-platform-endpoint",
    title: "Science platform: endpoint",
    tags: ["science-platform"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" }],
    },
    panels: PANELS.map(({ title, description, unit, queries }, index) => ({
      id: index + 1,
      type: "timeseries",
      title,
      description,
      datasource,
      gridPos: {
        x: (index % 2) * WIDTH,
        y: Math.floor(index / 2) * HEIGHT,
        w: WIDTH,
        h: HEIGHT,
      },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: queries.map(({ expr, legend }, query) => ({
        refId: String.fromCharCode(65 + query),
        datasource,
        expr,
        legendFormat: legend,
      })),
    })),
  };
}
