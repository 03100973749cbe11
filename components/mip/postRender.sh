#!/bin/sh
# Helm's post-renderer for the charts of platform and engine: reads what a chart made, writes what is installed.
#
# The platform's claims and folders hold the platform's data, and go with the release: they are kept. Volumes of
# folders are cluster-wide under fixed names: they get the namespace's. An Ingress of the chart's is left out,
# since we expose the platform; so is its storage class, which is the cluster's to have. The engine's charts have
# none of these. Pods of Deployments leave a node that is lost after a minute instead of five. What is not of the form
# that the charts have ends in an error.
set -eu

exec awk '
function fail(reason) {
  print "postRender.sh: " kind[d] " " name[d] ": " reason > "/dev/stderr"
  failed = 1
  exit 1
}

# Whether the lines from `from` on have `key` before its section ends; sections are told by their indent.
function within(d, from, indent, key,   i, line) {
  for (i = from; i <= length_of[d]; i++) {
    line = text[d, i]
    if (line ~ /^ *$/ || line ~ /^ *#/) continue
    if (substr(line, 1, length(indent)) != indent) return 0
    if (index(line, indent key) == 1) return i
  }
  return 0
}

function insert_after(d, at, lines) { text[d, at] = text[d, at] "\n" lines }

function keep(d,   metadata, annotations, i) {
  metadata = at_metadata[d]
  if (!metadata) fail("has no section metadata")
  annotations = within(d, metadata + 1, "  ", "annotations:")
  if (!annotations) insert_after(d, metadata, "  annotations:\n    helm.sh/resource-policy: keep")
  else if (text[d, annotations] ~ /annotations: *$/) insert_after(d, annotations, "    helm.sh/resource-policy: keep")
  else fail("annotations are not a block")
  for (i = 1; i <= length_of[d]; i++) {
    sub(/persistentVolumeReclaimPolicy: Delete/, "persistentVolumeReclaimPolicy: Retain", text[d, i])
    if (text[d, i] ~ /^ +storage: [a-z-]+-storage0$/) sub(/storage: /, "storage: " namespace "-", text[d, i])
  }
}

function own_name(d,   at) {
  at = within(d, at_metadata[d] + 1, "  ", "name: ")
  if (!at) fail("has no name")
  sub(/name: /, "name: " namespace "-", text[d, at])
}

function leave_lost_nodes(d,   i, done) {
  for (i = 1; i < length_of[d]; i++)
    if (text[d, i] == "  template:") {
      i = within(d, i + 1, "    ", "spec:")
      if (!i) fail("has no pod")
      if (within(d, i + 1, "      ", "tolerations:")) fail("has tolerations already")
      insert_after(d, i, "      tolerations:\n" toleration("unreachable") "\n" toleration("not-ready"))
      done = 1
    }
  if (!done) fail("has no template")
}

function toleration(key) {
  return "        - { key: node.kubernetes.io/" key ", operator: Exists, effect: NoExecute, tolerationSeconds: 60 }"
}

BEGIN { d = 1 }
/^---/ { d++; next }
{ text[d, ++length_of[d]] = $0 }
/^kind: / { kind[d] = $2 }
/^metadata: *$/ { at_metadata[d] = length_of[d]; in_metadata = d }
/^  name: / && in_metadata == d && !(d in name) { name[d] = $2 }
/^  namespace: / && !namespace { namespace = $2; gsub(/"/, "", namespace) }

END {
  if (failed) exit 1
  documents = d
  for (d = 1; d <= documents; d++) {
    if (!(d in kind)) continue
    if (kind[d] == "StorageClass" || name[d] ~ /^(frontend|platform-ui)-ingress$/) continue
    if (kind[d] ~ /^PersistentVolume(Claim)?$/) {
      if (namespace == "") fail("and no object names the namespace")
      keep(d)
    }
    if (kind[d] == "PersistentVolume") own_name(d)
    if (kind[d] == "Deployment") leave_lost_nodes(d)
    print "---"
    for (i = 1; i <= length_of[d]; i++) print text[d, i]
  }
}
'
