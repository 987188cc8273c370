{{/* The name of the picker's objects. */}}
{{- define "serin.name" -}}
{{- printf "%s-epp" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* What selects the picker's pods; it never changes during the life of a release. */}}
{{- define "serin.selectorLabels" -}}
app: {{ include "serin.name" . }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "serin.labels" -}}
{{ include "serin.selectorLabels" . }}
app.kubernetes.io/name: serin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Labels of the objects that the Prometheus Operator reads. */}}
{{- define "serin.monitoringLabels" -}}
{{ include "serin.labels" . }}
{{- with .Values.router.monitoring.prometheus.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "serin.image" -}}
{{- $image := .Values.router.epp.image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}:{{ $image.tag -}}
{{- end }}

{{/* The names of the Service of /debug. */}}
{{- define "serin.adminHosts" -}}
{{- $name := printf "%s-admin" (include "serin.name" .) -}}
{{- $namespace := .Release.Namespace -}}
{{ printf "%s,%s.%s,%s.%s.svc,%s.%s.svc.cluster.local" $name $name $namespace $name $namespace $name $namespace }}
{{- end }}

{{/* Which pods the picker serves: those of all pools, of one, or, without any, those with some labels. */}}
{{- define "serin.scope" -}}
{{- $servers := .Values.router.modelServers -}}
{{- if .Values.clusterWide.enabled -}}
- --all-pools
{{- else if or .Values.router.inferencePool.create (not $servers.matchLabels) -}}
- --pool-name={{ .Release.Name }}
{{- else -}}
{{- $terms := list -}}
{{- range $key, $value := $servers.matchLabels }}{{ $terms = append $terms (printf "%s=%s" $key $value) }}{{ end -}}
{{- $ports := list -}}
{{- range $servers.targetPorts }}{{ $ports = append $ports (toString .number) }}{{ end -}}
- {{ printf "--endpoint-selector=%s" (join "," $terms) | quote }}
- --endpoint-target-ports={{ join "," $ports }}
{{- end -}}
{{- end }}

{{/* The lease of those that serve the same; empty where its name ends in a hash. */}}
{{- define "serin.statusLease" -}}
{{- if .Values.clusterWide.enabled -}}
{{- if not (hasKey .Values.router.epp.flags "namespaces") }}serin-status{{ end -}}
{{- else if hasPrefix "- --pool-name=" (include "serin.scope" .) -}}
serin-status-{{ .Release.Name }}
{{- end -}}
{{- end }}

{{/* The rules of a reader of Serin's kinds, with verbs of choice. */}}
{{- define "serin.kinds" -}}
- apiGroups: [inference.networking.k8s.io]
  resources: [inferencepools]
  verbs: {{ . }}
- apiGroups: [inference.networking.x-k8s.io]
  resources: [inferencepools, inferencemodels, inferencemodelrewrites, inferenceobjectives]
  verbs: {{ . }}
- apiGroups: [llm-d.ai]
  resources: [inferencemodelrewrites, inferenceobjectives]
  verbs: {{ . }}
- apiGroups: [istio.alibabacloud.com]
  resources: [llmroutes]
  verbs: {{ . }}
{{- end }}
