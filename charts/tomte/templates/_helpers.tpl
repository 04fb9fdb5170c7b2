{{/* Names and labels. Every object is named after the release: `tomte` where the release is called so. */}}
{{- define "tomte.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "tomte.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "tomte.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "tomte.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "tomte.collector.name" -}}{{ include "tomte.fullname" . }}-collector{{- end }}
{{- define "tomte.agent.name" -}}{{ include "tomte.fullname" . }}-agent{{- end }}
{{- define "tomte.store.name" -}}{{ include "tomte.fullname" . }}-store{{- end }}

{{/* Of cluster-wide objects: two releases may be installed in two namespaces. */}}
{{- define "tomte.clusterName" -}}{{ printf "%s-%s" .Release.Namespace (include "tomte.fullname" .) | trunc 60 | trimSuffix "-" }}{{- end }}

{{/* Labels that select: {{ include "tomte.selector" (dict "root" $ "component" "agent") }} */}}
{{- define "tomte.selector" -}}
app.kubernetes.io/name: {{ include "tomte.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* `part-of` is what the agent knows our own pods by, and leaves them out of capture. */}}
{{- define "tomte.labels" -}}
{{ include "tomte.selector" . }}
app.kubernetes.io/part-of: tomte
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Metadata of an object but its name: (dict "root" $ "component" "agent" "annotations" {}) */}}
{{- define "tomte.metadata" -}}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "tomte.labels" . | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) .root.Values.extraAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "tomte.clusterMetadata" -}}
labels:
  {{- include "tomte.labels" . | nindent 2 }}
{{- with .root.Values.extraAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Labels and annotations of pods: (dict "root" $ "component" "agent" "values" .Values.agent "checksums" dict) */}}
{{- define "tomte.podMetadata" -}}
labels:
  {{- include "tomte.labels" . | nindent 2 }}
  {{- with .values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) .checksums .values.podAnnotations .root.Values.extraAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where and with what pods run: values of one component. */}}
{{- define "tomte.placement" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "tomte.image" -}}
{{- $image := .Values.image }}
{{- include "tomte.imageOf" (dict "registry" $image.registry "repository" $image.repository "digest" $image.digest "tag" (default .Chart.AppVersion $image.tag)) }}
{{- end }}

{{- define "tomte.storeImage" -}}
{{- $image := .Values.clickhouse.embedded.image }}
{{- $common := .Values.image }}
{{- include "tomte.imageOf" (dict "registry" (default $common.registry $image.registry) "repository" $image.repository "digest" $image.digest "tag" (default (default .Chart.AppVersion $common.tag) $image.tag)) }}
{{- end }}

{{- define "tomte.imageOf" -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}
{{- end }}

{{/* Everything but the agent runs so. */}}
{{- define "tomte.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "tomte.containerSecurity" -}}
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where ClickHouse is. */}}
{{- define "tomte.clickhouseUrl" -}}
{{- if eq .Values.clickhouse.mode "external" }}
{{- required "clickhouse.mode is external: set clickhouse.external.url, such as https://clickhouse.example:8443" .Values.clickhouse.external.url }}
{{- else }}
{{- printf "http://%s:8123" (include "tomte.store.name" .) }}
{{- end }}
{{- end }}

{{- define "tomte.clickhouseSecret" -}}
{{- if .Values.clickhouse.existingSecret }}{{ .Values.clickhouse.existingSecret }}
{{- else if eq .Values.clickhouse.mode "external" }}
{{- fail "clickhouse.mode is external: set clickhouse.existingSecret to a Secret with user, password, reader-user and reader-password" }}
{{- else }}{{ include "tomte.store.name" . }}-credentials
{{- end }}
{{- end }}

{{/* Users and passwords as environment. */}}
{{- define "tomte.clickhouseEnvironment" -}}
{{- $secret := include "tomte.clickhouseSecret" . }}
{{- if eq .Values.clickhouse.mode "external" }}
- name: TOMTE_CLICKHOUSE_USER
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: user } }
- name: TOMTE_CLICKHOUSE_READER_USER
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: reader-user } }
{{- else }}
- name: TOMTE_CLICKHOUSE_USER
  value: tomte
- name: TOMTE_CLICKHOUSE_READER_USER
  value: tomte_reader
{{- end }}
- name: TOMTE_CLICKHOUSE_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: password } }
- name: TOMTE_CLICKHOUSE_READER_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: reader-password } }
{{- if ne .Values.clickhouse.mode "embedded" }}
- name: TOMTE_CLICKHOUSE_TENANT_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: tenant-password, optional: true } }
{{- end }}
{{- if eq .Values.clickhouse.mode "cluster" }}
- name: TOMTE_CLICKHOUSE_CLUSTER
  value: tomte
{{- end }}
- name: TOMTE_CLICKHOUSE_DATABASE
  value: {{ .Values.clickhouse.database }}
{{- end }}

{{/* Secrets with ca.crt, tls.crt, tls.key. */}}
{{- define "tomte.collector.tlsSecret" -}}
{{- if eq .Values.tls.mode "existing" }}{{ required "tls.mode is existing: set tls.existing.collectorSecret" .Values.tls.existing.collectorSecret }}
{{- else }}{{ include "tomte.collector.name" . }}-tls
{{- end }}
{{- end }}

{{- define "tomte.agent.tlsSecret" -}}
{{- if eq .Values.tls.mode "existing" }}{{ required "tls.mode is existing: set tls.existing.agentSecret" .Values.tls.existing.agentSecret }}
{{- else }}{{ include "tomte.agent.name" . }}-tls
{{- end }}
{{- end }}

{{/* How the collectors are called, by agents and by the API server. */}}
{{- define "tomte.collector.dnsNames" -}}
{{- $name := include "tomte.collector.name" . }}
{{- list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) | toJson }}
{{- end }}

{{- define "tomte.keeper.name" -}}{{ include "tomte.fullname" . }}-keeper{{- end }}

{{- define "tomte.clickhouseImage" -}}
{{- $image := .Values.clickhouse.cluster.image }}
{{- include "tomte.imageOf" (dict "registry" $image.registry "repository" $image.repository "digest" $image.digest "tag" $image.tag) }}
{{- end }}

{{/* Of the official image: its own user. */}}
{{- define "tomte.clickhousePodSecurity" -}}
runAsNonRoot: true
runAsUser: 101
runAsGroup: 101
fsGroup: 101
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Members of a quorum and holders of the same rows belong on different nodes. */}}
{{- define "tomte.apart" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "tomte.selector" . | nindent 12 }}
{{- end }}

{{/* Data of both Secrets in mode generated, as JSON: those that are there, else new ones, made once a render. */}}
{{- define "tomte.generatedTls" -}}
{{- if not (hasKey .Values.tls "made") }}
{{- $days := int .Values.tls.generated.validityDays }}
{{- $collector := (lookup "v1" "Secret" .Release.Namespace (include "tomte.collector.tlsSecret" .)).data }}
{{- $agent := (lookup "v1" "Secret" .Release.Namespace (include "tomte.agent.tlsSecret" .)).data }}
{{- if not (and $collector $agent) }}
{{- $ca := genCA "tomte" $days }}
{{- $served := genSignedCert (include "tomte.collector.name" .) (list "127.0.0.1") (include "tomte.collector.dnsNames" . | fromJsonArray) $days $ca }}
{{- $held := genSignedCert (include "tomte.agent.name" .) (list) (list (include "tomte.agent.name" .)) $days $ca }}
{{- $collector = dict "ca.crt" (b64enc $ca.Cert) "tls.crt" (b64enc $served.Cert) "tls.key" (b64enc $served.Key) }}
{{- $agent = dict "ca.crt" (b64enc $ca.Cert) "tls.crt" (b64enc $held.Cert) "tls.key" (b64enc $held.Key) }}
{{- end }}
{{- $_ := set .Values.tls "made" (dict "collector" $collector "agent" $agent) }}
{{- end }}
{{- toJson .Values.tls.made }}
{{- end }}
