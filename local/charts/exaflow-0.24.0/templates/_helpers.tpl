{{/* A worker's pod. Arguments: the root, the role of its node, the kind of worker. */}}
{{- define "workerPod" -}}
{{- $images := .root.Values.exareme2_images -}}
{{- $db := .root.Values.db -}}
nodeSelector: { {{ .role }}: "true" }
volumes:
  - { name: db-data, hostPath: { path: {{ $db.storage_location | quote }} } }
  - { name: csv-data, hostPath: { path: {{ $db.csvs_location | quote }} } }
  - { name: credentials, hostPath: { path: {{ $db.credentials_location | quote }} } }
containers:
  - name: monetdb
    image: {{ $images.repository }}/exareme2_db:{{ $images.version }}
    env:
      - { name: MAX_MEMORY, value: {{ mul $db.max_memory 1048576 | quote }} }
      - { name: SOFT_RESTART_MEMORY_LIMIT, value: {{ div (mul $db.max_memory $db.percentage_soft_memory_limit) 100 | quote }} }
      - { name: HARD_RESTART_MEMORY_LIMIT, value: {{ div (mul $db.max_memory $db.percentage_hard_memory_limit) 100 | quote }} }
    volumeMounts:
      - { name: db-data, mountPath: /home/monetdb/{{ .kind }} }
      - { name: csv-data, mountPath: /opt/data }
      - { name: credentials, mountPath: /opt/credentials }
  - { name: db-importer, image: {{ $images.repository }}/exareme2_mipdb:{{ $images.version }} }
  - { name: rabbitmq, image: {{ $images.repository }}/exareme2_rabbitmq:{{ $images.version }} }
  - name: worker
    image: {{ $images.repository }}/exareme2_worker:{{ $images.version }}
    volumeMounts:
      - { name: csv-data, mountPath: /opt/data }
      - { name: credentials, mountPath: /opt/credentials }
    env:
      - { name: FEDERATION, value: {{ .root.Values.federation | quote }} }
      - { name: WORKER_ROLE, value: {{ upper .kind }} }
      {{- if eq .kind "globalworker" }}
      - { name: WORKER_IDENTIFIER, value: {{ .root.Values.globalworker_identifier | quote }} }
      {{- else }}
      - { name: WORKER_IDENTIFIER, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
      {{- end }}
      - { name: CONTROLLER_IP, value: $(EXAREME2_CONTROLLER_SERVICE_SERVICE_HOST) }
      - { name: CONTROLLER_PORT, value: $(EXAREME2_CONTROLLER_SERVICE_SERVICE_PORT) }
      - { name: SMPC_ENABLED, value: {{ .root.Values.smpc.enabled | quote }} }
{{- end -}}
