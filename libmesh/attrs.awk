# SPDX-License-Identifier: LGPL-2.1
#
# Makes the names of the attributes, for error texts, and of the counters from
# the schema. The indexes are the uAPI header's constants, so a schema and a
# header that do not fit each other do not compile.

function upper(s) { gsub(/-/, "_", s); return toupper(s) }
function lower(s) { gsub(/-/, "_", s); return s }

function flush_attr() {
	if (attr == "")
		return
	body[set] = body[set] sprintf("\t[MESH_A_%s_%s] = { \"%s\", %s, %s },\n",
		upper(set), upper(attr), attr, nested == "" ? "NULL" : "&set_" lower(nested), multi)
	attr = ""; nested = ""; multi = "false"
}

BEGIN { multi = "false" }

/^[a-z]/ { flush_attr(); section = $1 }

section == "attribute-sets:" && /^    name: / { flush_attr(); set = $2; sets[++n] = set }
section == "attribute-sets:" && /^        name: / { flush_attr(); attr = $2 }
section == "attribute-sets:" && /^        nested-attributes: / { nested = $2 }
section == "attribute-sets:" && /^        multi-attr: true/ { multi = "true" }

section == "operations:" && /^      name: / { op = $2 }
section == "operations:" && /^      attribute-set: / { ops[++m] = op; of[op] = $2 }

END {
	print "/* Made from the netlink schema by attrs.awk. */"
	print "#include \"internal.h\"\n"
	for (i = 1; i <= n; i++)
		printf "static const struct mesh_attr_set set_%s;\n", lower(sets[i])
	for (i = 1; i <= n; i++) {
		printf "\nstatic const struct mesh_attr_name names_%s[] = {\n%s};\n", lower(sets[i]), body[sets[i]]
		printf "static const struct mesh_attr_set set_%s = { names_%s, ARRAY_SIZE(names_%s) };\n",
			lower(sets[i]), lower(sets[i]), lower(sets[i])
	}
	print "\nconst struct mesh_attr_set *const mesh_cmd_set[] = {"
	for (i = 1; i <= m; i++)
		printf "\t[MESH_CMD_%s] = &set_%s,\n", upper(ops[i]), lower(of[ops[i]])
	print "};\n"
	print "const struct mesh_attr_set *const mesh_stats_set = &set_stats;"
	exit n && m ? 0 : 1
}
