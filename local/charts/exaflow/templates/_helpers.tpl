{{/* Which nodes a part may be on, on unmanaged clusters. Arguments: the root, the role. */}}
{{- define "onRole" -}}
{{- if not .root.Values.managed_cluster -}}
nodeSelector: { {{ .role }}: "true" }
{{- end -}}
{{- end -}}

{{/* The variables that every part of the engine has. */}}
{{- define "engineVariables" -}}
- { name: FEDERATION, value: {{ .Values.federation | quote }} }
- { name: LOG_LEVEL, value: {{ .Values.log_level | quote }} }
- { name: FRAMEWORK_LOG_LEVEL, value: {{ .Values.framework_log_level | quote }} }
- { name: WORKER_TASKS_TIMEOUT, value: {{ .Values.controller.worker_tasks_timeout | quote }} }
- { name: AGGREGATION_SERVER_ENABLED, value: {{ .Values.aggregation_server.enabled | quote }} }
- { name: AGGREGATION_SERVER_DNS, value: {{ .Values.aggregation_server.dns | quote }} }
- { name: SMPC_ENABLED, value: {{ .Values.smpc.enabled | quote }} }
{{- if .Values.smpc.enabled }}
- { name: SMPC_OPTIONAL, value: {{ .Values.smpc.optional | quote }} }
{{- end }}
{{- end -}}

{{/* A worker's container. The controller's address comes from its Service, which must be there before the pod. */}}
{{- define "workerContainer" -}}
name: worker
image: {{ .Values.exaflow_images.repository }}/exaflow_worker:{{ .Values.exaflow_images.version }}
volumeMounts:
  - { name: duckdb-data, mountPath: /opt/data }
  - { name: csv-data, mountPath: /opt/csvs }
env:
  {{- include "engineVariables" . | nindent 2 }}
  - { name: CONTROLLER_IP, value: $(EXAFLOW_CONTROLLER_SERVICE_SERVICE_HOST) }
  - { name: CONTROLLER_PORT, value: $(EXAFLOW_CONTROLLER_SERVICE_SERVICE_PORT) }
  - { name: DATA_PATH, value: /opt/csvs }
{{- end -}}

{{/* A worker's volumes. Arguments: the root, the folder on unmanaged clusters. */}}
{{- define "workerVolumes" -}}
- { name: duckdb-data, emptyDir: {} }
{{- if not .root.Values.managed_cluster }}
- { name: csv-data, hostPath: { path: {{ .folder }}/csvs } }
{{- end }}
{{- end -}}

{{/* The claim of each worker's data, on managed clusters. Arguments: the root, the volume. */}}
{{- define "workerClaims" -}}
{{- if .root.Values.managed_cluster -}}
volumeClaimTemplates:
  - metadata:
      name: csv-data
      annotations: { argocd.argoproj.io/sync-options: "Delete=false,Prune=false" }
    spec:
      storageClassName: {{ .root.Values.storage.cephfs.storageClassName }}
      accessModes: {{ .modes | toJson }}
      resources: { requests: { storage: {{ .size }} } }
{{- end -}}
{{- end -}}
