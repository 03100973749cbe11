{{/* Name of the release's objects: as in cert-manager's chart, the release's where that says enough. */}}
{{- define "fullname" -}}
{{- if contains "cert-manager" .Release.Name -}}
{{- .Release.Name -}}
{{- else -}}
{{- printf "%s-cert-manager" .Release.Name -}}
{{- end -}}
{{- end -}}

{{/* Labels that select a part's pods. Arguments: the root, the part's component and name. */}}
{{- define "selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* All labels of a part. */}}
{{- define "labels" -}}
app: {{ .name }}
{{ include "selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* A pod that restricted pod security lets in. Arguments: the root, component, name, image, args, ports. */}}
{{- define "pod" -}}
metadata:
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  serviceAccountName: {{ include "fullname" .root }}{{ .suffix }}
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  containers:
    - name: cert-manager-{{ .component }}
      image: quay.io/jetstack/cert-manager-{{ .component }}:{{ .root.Chart.AppVersion }}
      {{- with .args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .ports }}
      ports:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
{{- end -}}
