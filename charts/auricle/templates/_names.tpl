{{- define "auricle.name" -}}
{{ .root.Release.Name }}-{{ .name }}
{{- end -}}

{{/* Labels by which pods are selected; they never change. */}}
{{- define "auricle.selector" -}}
app.kubernetes.io/name: auricle
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "auricle.labels" -}}
{{ include "auricle.selector" . }}
app.kubernetes.io/part-of: auricle
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end -}}

{{- define "auricle.image" -}}
{{ .repository }}:{{ .tag }}
{{- end -}}

{{/* The services that run, as JSON. */}}
{{- define "auricle.services" -}}
{{- $found := dict }}
{{- range $name, $own := .Values.services }}
{{- if ne $own.enabled false }}{{ $_ := set $found $name $own }}{{ end }}
{{- end }}
{{- toJson $found }}
{{- end -}}

{{/* Where the model answers: vLLM, or llama.cpp on a CPU; empty where `settings` names another. */}}
{{- define "auricle.model" -}}
{{- if .Values.vllm.enabled }}http://{{ .Release.Name }}-vllm:8000/v1
{{- else if .Values.services.llm.enabled }}http://{{ .Release.Name }}-llm:{{ .Values.services.llm.port }}/v1
{{- else if not .Values.settings.AURICLE_MODEL_URL }}{{ fail "nothing answers the scorer: vllm.enabled, services.llm.enabled or settings.AURICLE_MODEL_URL" }}
{{- end }}
{{- end -}}

{{/* When the migrations run. With the trial database in the same release it can only be after it. */}}
{{- define "auricle.hook" -}}
{{ ternary "post-install,pre-upgrade" "pre-install,pre-upgrade" .Values.trials.enabled }}
{{- end -}}

{{- define "auricle.secret" -}}
{{ if .Values.trials.enabled }}{{ .Release.Name }}-trials{{ else }}{{ .Values.secret }}{{ end }}
{{- end -}}

{{- define "auricle.locked" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* What every pod starts with. Called with {root, user, priority, grace, identity}: only who reads S3 gets the account with a role. */}}
{{- define "auricle.pod" -}}
serviceAccountName: {{ ternary .root.Values.serviceAccount.name "default" (.identity | default false) }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if and .root.Values.priorityClasses .priority }}
priorityClassName: auricle-{{ .priority }}
{{- end }}
terminationGracePeriodSeconds: {{ .grace }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The node pool of a GPU pod: its label, its taint. */}}
{{- define "auricle.pool" -}}
nodeSelector: {auricle.dev/pool: {{ . }}}
tolerations:
  - {key: auricle.dev/gpu, operator: Equal, value: {{ . }}, effect: NoSchedule}
{{- end -}}

{{/* requests and limits, with GPUs among the limits. Called with {resources, gpus}. */}}
{{- define "auricle.resources" -}}
requests: {{- toYaml .resources.requests | nindent 2 }}
limits:
  {{- toYaml .resources.limits | nindent 2 }}
  {{- if .gpus }}
  nvidia.com/gpu: {{ .gpus }}
  {{- end }}
{{- end -}}
