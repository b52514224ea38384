# The constitution that the platform is shipped with.
#
# Who may call a service at all is decided at its door, by role. This says what even they may not do:
# an action is denied unless it is listed, and nothing forbids it.
package constitution

decision := {"allow": allow, "reasons": reasons}

default allow := false

allow if {
	count(forbidden) == 0
	count(permitted) > 0
}

reasons := forbidden if count(forbidden) > 0

reasons := permitted if {
	count(forbidden) == 0
	count(permitted) > 0
}

reasons := {sprintf("nothing permits %s", [input.action])} if {
	count(forbidden) == 0
	count(permitted) == 0
}

# Permitted to everyone who got in.
permitted contains sprintf("%s is permitted", [input.action]) if {
	"*" in data.actions[input.action]
}

# Permitted to a role; the caller says which roles the subject has.
permitted contains sprintf("%s is permitted to %s", [input.action, role]) if {
	some role in input.context.roles
	role in data.actions[input.action]
}

forbidden contains sprintf("%s is forbidden to everyone", [input.action]) if {
	input.action in data.forbidden_actions
}

forbidden contains sprintf("tenant %s is suspended", [input.tenant]) if {
	input.tenant in data.suspended_tenants
}

# A tenant has its own list of tools, or the common one.
tools := object.get(data.tenant_tools, input.tenant, data.tools)

forbidden contains sprintf("tool %s is not on the list of tenant %s", [tool, input.tenant]) if {
	some tool in wanted
	not tool in tools
}

forbidden contains sprintf("tool %s needs an approval", [tool]) if {
	some tool in wanted
	tool in data.dangerous_tools
	not approved
}

# Of a run, all tools that it is planned to use.
wanted contains input.resource if input.action == "tool.invoke"

wanted contains tool if {
	input.action != "tool.invoke"
	some tool in input.context.tools
}

# Nobody approves their own action.
approved if {
	is_string(input.context.approved_by)
	input.context.approved_by != ""
	input.context.approved_by != input.subject
}
