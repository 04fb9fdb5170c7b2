{{/*
What the agent needs of root, each with its use. docs/guide/install-on-a-cluster.md has the same list, and a test takes away
one after the other to see what fails.
*/}}
{{- define "tomte.agent.capabilities" -}}
- BPF # to load programs and maps
- PERFMON # to attach programs, and to read kernel memory in them
- SYS_PTRACE # to see the executables, libraries and roots of processes of other users
- DAC_READ_SEARCH # to read those files whatever their modes
{{- if .Values.agent.legacyKernel }}
- SYS_ADMIN # for probes of TLS libraries by perf event, on kernels before 6.6
{{- end }}
{{- end }}
