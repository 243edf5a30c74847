{{- define "keda.labels" -}}
app.kubernetes.io/name: auricle
app.kubernetes.io/component: scaling
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: auricle
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* The trial Redis has a password in the trial Secret. */}}
{{- define "keda.secret" -}}
{{ if .Values.redis.address }}{{ .Values.redis.secret }}{{ else }}{{ .Release.Name }}-trials{{ end }}
{{- end -}}

{{- define "keda.address" -}}
{{ .Values.redis.address | default (printf "%s-redis:6379" .Release.Name) }}
{{- end -}}
