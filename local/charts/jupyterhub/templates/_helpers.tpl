{{/* Labels that select a part's pods, in today's and in the older form. Arguments: the root, the component. */}}
{{- define "selector" -}}
app: jupyterhub
release: {{ .root.Release.Name }}
component: {{ .component }}
{{- end -}}

{{/* All labels of a part. */}}
{{- define "labels" -}}
{{ include "selector" . }}
app.kubernetes.io/name: jupyterhub
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{/* The token between hub and proxy: made once, and kept from the cluster's Secret afterwards. */}}
{{- define "proxyToken" -}}
{{- $key := "hub.config.ConfigurableHTTPProxy.auth_token" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace "hub" | default (dict "data" dict) -}}
{{- if hasKey $secret.data $key -}}
{{- index $secret.data $key -}}
{{- else -}}
{{- randAlphaNum 64 | b64enc -}}
{{- end -}}
{{- end -}}

{{/* What a container may not do. Argument: the user. */}}
{{- define "confined" -}}
runAsUser: {{ . }}
runAsGroup: {{ . }}
runAsNonRoot: true
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Pods that pull every image. */}}
{{- define "puller" -}}
spec:
  selector:
    matchLabels: {{- include "selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "labels" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 0
      tolerations: {{- .root.Values.prePuller.extraTolerations | toJson | nindent 8 }}
      initContainers:
        {{- $images := merge (dict "singleuser" .root.Values.singleuser.image) .root.Values.prePuller.extraImages }}
        {{- range $name, $image := $images }}
        - name: image-pull-{{ $name }}
          image: {{ $image.name }}:{{ $image.tag }}
          command: [/bin/sh, -c, echo pulled]
          securityContext: {{- include "confined" 65534 | nindent 12 }}
        {{- end }}
      containers:
        - name: pause
          image: {{ .root.Values.prePuller.pause.image.name }}:{{ .root.Values.prePuller.pause.image.tag }}
          securityContext: {{- include "confined" 65534 | nindent 12 }}
{{- end -}}
