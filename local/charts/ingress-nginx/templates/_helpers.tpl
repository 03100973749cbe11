{{- define "stand-in.name" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name }}{{- else -}}{{ .Release.Name }}-{{ .Chart.Name }}{{- end -}}
{{- end -}}

{{- define "stand-in.selector" -}}
app.kubernetes.io/name: ingress-nginx
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "stand-in.labels" -}}
{{ include "stand-in.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: ingress-nginx
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}
