{{/* What both pools share. Called with {root, name, pool}: name is the value of the taint and of the node label. */}}
{{- define "karpenter.pool" -}}
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: auricle-{{ .name }}
  labels: {{- include "karpenter.labels" .root | nindent 4 }}
spec:
  template:
    metadata:
      labels:
        auricle.dev/pool: {{ .name }}
    spec:
      nodeClassRef:
        group: karpenter.k8s.aws
        kind: EC2NodeClass
        name: auricle-gpu
      taints:
        - key: auricle.dev/gpu
          value: {{ .name }}
          effect: NoSchedule
      requirements:
        - {key: karpenter.sh/capacity-type, operator: In, values: {{ toJson .pool.capacityTypes }}}
        - {key: kubernetes.io/arch, operator: In, values: [amd64]}
        - {key: kubernetes.io/os, operator: In, values: [linux]}
        - {key: karpenter.k8s.aws/instance-gpu-name, operator: In, values: {{ toJson .pool.gpuNames }}}
        - {key: karpenter.k8s.aws/instance-gpu-count, operator: In, values: ["1"]}
        - {key: karpenter.k8s.aws/instance-cpu, operator: Lt, values: [{{ add .pool.maxCpu 1 | quote }}]}
        - {key: karpenter.k8s.aws/instance-memory, operator: Gt, values: [{{ sub .pool.minMemoryMib 1 | quote }}]}
      expireAfter: {{ .pool.expireAfter }}
      terminationGracePeriod: {{ .pool.terminationGracePeriod }}
  limits:
    nvidia.com/gpu: {{ .pool.gpus }}
  disruption:
    consolidationPolicy: WhenEmpty
    consolidateAfter: {{ .pool.consolidateAfter }}
    # Karpenter's default lets one node in ten go at once, for whatever reason: ten idle GPUs would leave one by one.
    budgets:
      - {nodes: "100%", reasons: [Empty]}
      - {nodes: "0", reasons: [Underutilized]}
      - {nodes: "1", reasons: [Drifted]}
{{- end -}}

{{- define "karpenter.labels" -}}
app.kubernetes.io/name: auricle
app.kubernetes.io/component: nodes
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}
