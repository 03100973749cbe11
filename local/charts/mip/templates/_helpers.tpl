{{/* The namespace, where a generation has a value for it; else the release's. */}}
{{- define "namespace" -}}
{{- .Values.cluster.namespace | default .Release.Namespace -}}
{{- end -}}

{{- define "storageClass" -}}
{{- ternary .Values.cluster.storageClasses.managed .Values.cluster.storageClasses.local .Values.cluster.managed -}}
{{- end -}}

{{/* Image of a section. */}}
{{- define "image" -}}
{{ .image.repository }}:{{ .image.tag }}
{{- end -}}

{{/* Keycloak's address. */}}
{{- define "keycloakUrl" -}}
{{ .Values.keycloak.protocol | default "https" }}://{{ .Values.keycloak.host }}/auth/
{{- end -}}

{{/* A variable out of mip-secret. Arguments: the root, name of the variable, what it is of the key. */}}
{{- define "secretVariable" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
valueFrom:
  secretKeyRef: { name: mip-secret, key: {{ $root.Values.standIn.backend }}-db.{{ index . 2 }} }
{{- end -}}
