// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdlib.h>

#include "check_int.h"
#include "mem.h"

struct command {
	uv_process_t process;
	struct check *check;
	bool ended;
};

static const char *command_bad(const char *target)
{
	return *target ? NULL : "is empty";
}

static void on_closed(uv_handle_t *handle)
{
	struct command *cmd = handle->data;

	check_drop(cmd->check);
	free(cmd);
}

/* The group is the command's own: what it left behind in it goes as well. */
static void group_kill(struct command *cmd)
{
	kill(-cmd->process.pid, SIGKILL);
}

static void on_ended(uv_process_t *process, int64_t status, int sig)
{
	struct command *cmd = process->data;

	cmd->ended = true;
	group_kill(cmd);
	if (sig)
		check_result(cmd->check, "killed by signal %d", sig);
	else if (status)
		check_result(cmd->check, "exit status %lld", (long long)status);
	else
		check_result(cmd->check, NULL);
}

/* Was killed by command_stop(): nobody waits for the result. */
static void on_reaped(uv_process_t *process, int64_t status, int sig)
{
	(void)status;
	(void)sig;
	uv_close((uv_handle_t *)process, on_closed);
}

static void command_stop(struct check *check)
{
	struct command *cmd = check->impl;

	if (cmd->ended) {
		uv_close((uv_handle_t *)&cmd->process, on_closed);
		return;
	}
	group_kill(cmd);
	cmd->process.exit_cb = on_reaped;
}

static const char *command_start(struct check *check)
{
	struct command *cmd = xcalloc(1, sizeof(*cmd));
	char *args[4] = { "sh", "-c", check->cfg->target };
	uv_process_options_t opts = {
		.file = "/bin/sh",
		.args = args,
		.exit_cb = on_ended,
		.flags = UV_PROCESS_DETACHED,
	};
	int ret;

	cmd->check = check;
	check->impl = cmd;
	check_hold(check);
	cmd->process.data = cmd;
	ret = uv_spawn(check->loop, &cmd->process, &opts);
	if (!ret)
		return NULL;
	uv_close((uv_handle_t *)&cmd->process, on_closed);
	return uv_strerror(ret);
}

const struct check_ops check_command_ops = {
	.bad = command_bad,
	.start = command_start,
	.stop = command_stop,
	.late = "killed with its process group, as it did not end",
};
