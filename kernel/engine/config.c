// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/slab.h>
#include <net/inet_ecn.h>
#include <uapi/linux/mesh.h>

#include "config.h"
#include "encap.h"
#include "mcast.h"
#include "rx_port.h"
#include "wire/udp_wire.h"

#define TTL_DEFAULT 64

const struct mesh_events *mesh_events;

static bool given(const struct config *cfg, enum config_field field)
{
	return cfg->given & BIT_ULL(field);
}

static int refuse(struct config_error *err, int code, enum config_field field,
		  const char *text)
{
	err->field = field;
	err->text = text;
	return code;
}

/* What a copy must not take over. */
static void init_sides(struct mesh_encap *e)
{
	enum mesh_family f;

	for (f = 0; f < MESH_FAMILIES; f++) {
		INIT_HLIST_NODE(&e->side[f].rx_node);
		e->side[f].encap = e;
		e->side[f].port = NULL;
	}
}

int config_init(struct mesh_dev *mesh)
{
	struct mesh_encap *e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);

	if (!e)
		return -ENOMEM;
	init_sides(e);
	e->mesh = mesh;
	e->ttl = TTL_DEFAULT;
	e->pmtudisc = true;
	e->udp_csum = true;
	e->bypass = true;
	e->flow.seed = get_random_u32();
	e->flow.fields = FLOW_L4;
	RCU_INIT_POINTER(mesh->encap, e);
	return 0;
}

void config_exit(struct mesh_dev *mesh)
{
	struct mesh_encap *e = rcu_dereference_protected(mesh->encap, true);

	RCU_INIT_POINTER(mesh->encap, NULL);
	kfree_rcu(e, rcu);
}

static int check_local(const struct config *cfg, struct config_error *err)
{
	__be32 ip;

	if (!given(cfg, CONFIG_LOCAL) || mesh_addr_any(&cfg->local))
		return 0;
	if (cfg->local.len != sizeof(ip))
		return refuse(err, -EINVAL, CONFIG_LOCAL,
			      "the local address is IPv4, 4 octets; local6 is the other");
	ip = mesh_addr_ip4(&cfg->local);
	if (ipv4_is_multicast(ip) || ipv4_is_lbcast(ip) ||
	    ipv4_is_zeronet(ip))
		return refuse(err, -EINVAL, CONFIG_LOCAL,
			      "the local address is a unicast address");
	return 0;
}

static int check_local6(const struct config *cfg, struct config_error *err)
{
	if (!given(cfg, CONFIG_LOCAL6) || mesh_addr_any(&cfg->local6))
		return 0;
	if (cfg->local6.len != sizeof(struct in6_addr))
		return refuse(err, -EINVAL, CONFIG_LOCAL6,
			      "the local IPv6 address has 16 octets");
	if (cfg->local6.b[0] == 0xff || mesh_addr_mapped(&cfg->local6))
		return refuse(err, -EINVAL, CONFIG_LOCAL6,
			      "the local IPv6 address is a unicast address, and no IPv4 one in disguise");
	return 0;
}

static int check_link(struct mesh_dev *mesh, const struct config *cfg,
		      struct config_error *err)
{
	const struct net_device *dev;
	bool found, ours;

	if (!given(cfg, CONFIG_LINK) || !cfg->link)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(mesh->net, cfg->link);
	found = dev;
	ours = dev && mesh_is_mesh(dev);
	rcu_read_unlock();
	if (!found)
		return refuse(err, -ENODEV, CONFIG_LINK,
			      "no such device in the underlay's namespace");
	if (ours)
		return refuse(err, -EINVAL, CONFIG_LINK,
			      "a mesh device cannot be the underlay");
	return 0;
}

static int check_homes(const struct config *cfg, struct config_error *err)
{
	unsigned int i, k;

	if (!given(cfg, CONFIG_HOMES))
		return 0;
	if (given(cfg, CONFIG_NO_HOMES))
		return refuse(err, -EINVAL, CONFIG_NO_HOMES,
			      "homes and no home exclude each other");
	for (i = 0; i < cfg->n_homes; i++)
		for (k = 0; k < i; k++)
			if (mesh_addr_equal(&cfg->home[i].nbma,
					    &cfg->home[k].nbma))
				return refuse(err, -EINVAL, CONFIG_HOMES,
					      "home given twice, name each address once");
	return 0;
}

static int check_values(const struct config *cfg, struct config_error *err)
{
	const u32 flags = MESH_NHRP_FLAGS_SERVER | MESH_NHRP_FLAGS_REDIRECT |
			  MESH_NHRP_FLAGS_SHORTCUT | MESH_NHRP_FLAGS_UNIQUE;

	if (given(cfg, CONFIG_KEY) && given(cfg, CONFIG_NO_KEY) && cfg->no_key)
		return refuse(err, -EINVAL, CONFIG_NO_KEY,
			      "a key and no key exclude each other");
	if (given(cfg, CONFIG_TOS) && cfg->tos != 1 &&
	    cfg->tos & INET_ECN_MASK)
		return refuse(err, -EINVAL, CONFIG_TOS,
			      "the two low bits belong to ECN; 1 inherits");
	if (given(cfg, CONFIG_NHRP_FLAGS) && cfg->nhrp_flags & ~flags)
		return refuse(err, -EINVAL, CONFIG_NHRP_FLAGS,
			      "unknown NHRP flag");
	if (given(cfg, CONFIG_HOLDTIME) &&
	    cfg->holdtime < NHRP_HOLDING_TIME_MIN)
		return refuse(err, -EINVAL, CONFIG_HOLDTIME,
			      "the holding time is at least 3 s");
	if (given(cfg, CONFIG_REDIRECT_INTERVAL) && !cfg->redirect_interval)
		return refuse(err, -EINVAL, CONFIG_REDIRECT_INTERVAL,
			      "the interval is at least 1 ms");
	if (given(cfg, CONFIG_MULTICAST) &&
	    cfg->multicast & ~(BIT(PEER_STATIC) | BIT(PEER_NHS) |
			       BIT(PEER_REGISTERED)))
		return refuse(err, -EINVAL, CONFIG_MULTICAST,
			      "static, nhs and registered peers can listen, others cannot");
	if (given(cfg, CONFIG_MAX_REDIRECTS) &&
	    (!cfg->max_redirects || cfg->max_redirects > NHRP_MAX_REDIRECTS))
		return refuse(err, -EINVAL, CONFIG_MAX_REDIRECTS,
			      "redirects remembered are 1 to 1048576");
	if (given(cfg, CONFIG_AUTH) && cfg->auth_len > sizeof(cfg->auth))
		return refuse(err, -EINVAL, CONFIG_AUTH,
			      "the password has at most 8 octets");
	return 0;
}

static void merge_local(struct mesh_side *side, const struct mesh_addr *local)
{
	side->local = *local;
	if (mesh_addr_any(local))
		side->local.len = 0;
}

static int check_bfd(const struct config *cfg, struct config_error *err)
{
	const u32 least = BFD_INTERVAL_MIN / USEC_PER_MSEC;
	const u32 most = BFD_INTERVAL_MAX / USEC_PER_MSEC;

	if (given(cfg, CONFIG_BFD_INTERVAL) &&
	    (cfg->bfd_interval < least || cfg->bfd_interval > most))
		return refuse(err, -EINVAL, CONFIG_BFD_INTERVAL,
			      "the interval of BFD is 10 ms to 60 s");
	if (given(cfg, CONFIG_BFD_MULTIPLIER) &&
	    cfg->bfd_multiplier < BFD_MULTIPLIER_MIN)
		return refuse(err, -EINVAL, CONFIG_BFD_MULTIPLIER,
			      "the multiplier of BFD is at least 1");
	return 0;
}

/* Who sends in UDP is answered in UDP. */
static void merge_udp(struct mesh_encap *e, const struct config *cfg)
{
	if (given(cfg, CONFIG_ENCAP)) {
		e->udp = cfg->encap == MESH_ENCAP_TYPE_UDP;
		if (e->udp && !e->udp_port)
			e->udp_port = UDP_WIRE_GRE;
	}
	if (given(cfg, CONFIG_UDP_PORT))
		e->udp_port = cfg->udp_port;
	if (given(cfg, CONFIG_UDP_SOURCE))
		e->udp_source = cfg->udp_source;
	if (given(cfg, CONFIG_UDP_CSUM))
		e->udp_csum = cfg->udp_csum;
}

static void merge_encap(struct mesh_encap *e, const struct config *cfg)
{
	if (given(cfg, CONFIG_LOCAL))
		merge_local(&e->side[MESH_IP4], &cfg->local);
	if (given(cfg, CONFIG_LOCAL6))
		merge_local(&e->side[MESH_IP6], &cfg->local6);
	if (given(cfg, CONFIG_LINK))
		e->link = cfg->link;
	if (given(cfg, CONFIG_KEY)) {
		e->has_key = true;
		e->key = htonl(cfg->key);
	} else if (given(cfg, CONFIG_NO_KEY) && cfg->no_key) {
		e->has_key = false;
		e->key = 0;
	}
	if (given(cfg, CONFIG_TTL))
		e->ttl = cfg->ttl;
	if (given(cfg, CONFIG_TOS))
		e->tos = cfg->tos;
	if (given(cfg, CONFIG_PMTUDISC))
		e->pmtudisc = cfg->pmtudisc;
	if (given(cfg, CONFIG_IGNORE_DF))
		e->ignore_df = cfg->ignore_df;
	if (given(cfg, CONFIG_FWMARK))
		e->fwmark = cfg->fwmark;
	if (given(cfg, CONFIG_SOURCE_POLICY))
		e->source_policy = cfg->source_policy;
	if (given(cfg, CONFIG_HASH_SEED))
		e->flow.seed = cfg->hash_seed;
	if (given(cfg, CONFIG_HASH_FIELDS))
		e->flow.fields = cfg->hash_fields;
	if (given(cfg, CONFIG_HASH_SYMMETRIC))
		e->flow.symmetric = cfg->hash_symmetric;
	if (given(cfg, CONFIG_BYPASS))
		e->bypass = cfg->bypass;
	merge_udp(e, cfg);
}

static void merge_nhrp(struct nhrp_dev_config *nhrp, const struct config *cfg)
{
	if (given(cfg, CONFIG_NHRP_FLAGS)) {
		nhrp->fsm.server = cfg->nhrp_flags & MESH_NHRP_FLAGS_SERVER;
		nhrp->redirect = cfg->nhrp_flags & MESH_NHRP_FLAGS_REDIRECT;
		nhrp->fsm.shortcut = cfg->nhrp_flags & MESH_NHRP_FLAGS_SHORTCUT;
		nhrp->fsm.unique = cfg->nhrp_flags & MESH_NHRP_FLAGS_UNIQUE;
	}
	if (given(cfg, CONFIG_HOLDTIME))
		nhrp->fsm.holding_time = cfg->holdtime;
	if (given(cfg, CONFIG_REDIRECT_INTERVAL))
		nhrp->redirect_interval = cfg->redirect_interval;
	if (given(cfg, CONFIG_NETWORK_ID))
		nhrp->network = cfg->network_id;
	if (given(cfg, CONFIG_MAX_REDIRECTS))
		nhrp->max_redirects = cfg->max_redirects;
	if (given(cfg, CONFIG_AUTH)) {
		memset(nhrp->fsm.secret, 0, sizeof(nhrp->fsm.secret));
		memcpy(nhrp->fsm.secret, cfg->auth, cfg->auth_len);
		nhrp->fsm.secret_len = cfg->auth_len;
	}
	if (given(cfg, CONFIG_MAX_PEERS))
		nhrp->fsm.max_peers = cfg->max_peers;
	if (given(cfg, CONFIG_MAX_SHORTCUTS))
		nhrp->fsm.max_shortcuts = cfg->max_shortcuts;
	if (given(cfg, CONFIG_MAX_QUERIES))
		nhrp->fsm.max_queries = cfg->max_queries;
	if (given(cfg, CONFIG_MAX_ANSWERS))
		nhrp->fsm.max_answers = cfg->max_answers;
	if (given(cfg, CONFIG_REGISTER_RATE))
		nhrp->fsm.register_rate = cfg->register_rate;
}

static void merge_homes(struct nhrp_config *nhrp, const struct config *cfg)
{
	unsigned int i;

	if (given(cfg, CONFIG_HOMES) || given(cfg, CONFIG_NO_HOMES)) {
		memset(nhrp->home, 0, sizeof(nhrp->home));
		nhrp->n_homes = cfg->n_homes;
	}
	for (i = 0; i < cfg->n_homes; i++) {
		nhrp->home[i].nbma = cfg->home[i].nbma;
		nhrp->home[i].preference = U8_MAX - cfg->home[i].tier;
	}
}

static void merge_bfd(struct bfd_dev_config *bfd, const struct config *cfg)
{
	if (given(cfg, CONFIG_BFD))
		bfd->on = cfg->bfd;
	if (given(cfg, CONFIG_BFD_INTERVAL))
		bfd->interval = cfg->bfd_interval;
	if (given(cfg, CONFIG_BFD_MULTIPLIER))
		bfd->multiplier = cfg->bfd_multiplier;
	if (given(cfg, CONFIG_MAX_BFD))
		bfd->max_sessions = cfg->max_bfd;
}

static void merge_limits(struct fwd *fwd, const struct config *cfg)
{
	struct fwd_limits *limits = &fwd->limits;

	if (given(cfg, CONFIG_MAX_PEERS))
		limits->peers = cfg->max_peers;
	if (given(cfg, CONFIG_MAX_GROUPS))
		limits->groups = cfg->max_groups;
	if (given(cfg, CONFIG_MAX_ROUTES))
		limits->routes = cfg->max_routes;
	if (given(cfg, CONFIG_MAX_SHORTCUTS))
		limits->shortcuts = cfg->max_shortcuts;
	if (given(cfg, CONFIG_MAX_MEMORY))
		fwd->memory.max = cfg->max_memory * 1024UL;
}

/* Which of the fields that make up a device's address is to blame. */
static enum config_field clash_field(const struct config *cfg,
				     enum mesh_family family)
{
	enum config_field local = family == MESH_IP6 ? CONFIG_LOCAL6 :
						       CONFIG_LOCAL;

	if (given(cfg, CONFIG_KEY))
		return CONFIG_KEY;
	if (given(cfg, CONFIG_NO_KEY))
		return CONFIG_NO_KEY;
	if (given(cfg, local))
		return local;
	return given(cfg, CONFIG_LINK) ? CONFIG_LINK : CONFIG_NONE;
}

static bool same_underlay(const struct mesh_encap *a,
			  const struct mesh_encap *b)
{
	return mesh_addr_equal(&a->side[MESH_IP4].local,
			       &b->side[MESH_IP4].local) &&
	       mesh_addr_equal(&a->side[MESH_IP6].local,
			       &b->side[MESH_IP6].local) &&
	       a->link == b->link && a->has_key == b->has_key && a->key == b->key &&
	       a->fwmark == b->fwmark && a->udp == b->udp &&
	       a->udp_port == b->udp_port;
}

static int open_ports(struct mesh_dev *mesh, struct mesh_encap *e,
		      struct config_error *err)
{
	int ret = rx_port_hold(mesh->rx, e);

	return ret ? refuse(err, ret, CONFIG_UDP_PORT, ret == -EADDRINUSE ?
			    "another socket of the underlay's namespace has this UDP port" :
			    "the UDP port cannot be opened") : 0;
}

/* The last steps that can fail. */
static int swap_encap(struct mesh_dev *mesh, struct mesh_encap *new,
		      const struct config *cfg, struct config_error *err)
{
	struct mesh_encap *old = mesh_encap_locked(mesh);
	bool same = same_underlay(old, new);
	enum mesh_family family;
	int ret = open_ports(mesh, new, err);

	if (ret)
		return ret;
	if (rx_table_bind(mesh->rx, mesh, new, &family)) {
		rx_port_release(mesh->rx, new);
		return refuse(err, -EEXIST, clash_field(cfg, family),
			      "another mesh device has this local address, link and key");
	}
	/* No sender that saw the old one can fill a route cache any more. */
	synchronize_net();
	rx_port_release(mesh->rx, old);
	kfree(old);
	encap_reset(mesh);
	bfd_reroute(mesh);
	if (!same) {
		nhrp_underlay_changed(mesh);
		bfd_refresh(mesh);
	}
	return 0;
}

/* What goes together, whenever it was set. */
static int check_encap(const struct mesh_encap *e, const struct config *cfg,
		       struct config_error *err)
{
	const struct mesh_addr *local6 = &e->side[MESH_IP6].local;
	const char *fault = flow_policy_fault(&e->flow);

	if (fault)
		return refuse(err, -EINVAL, given(cfg, CONFIG_HASH_FIELDS) ?
			      CONFIG_HASH_FIELDS : CONFIG_HASH_SYMMETRIC, fault);
	if (e->ignore_df && e->pmtudisc)
		return refuse(err, -EINVAL, given(cfg, CONFIG_IGNORE_DF) ?
			      CONFIG_IGNORE_DF : CONFIG_PMTUDISC,
			      "ignoring DF and path MTU discovery exclude each other");
	if (local6->len && mesh_addr_linklocal(local6) && !e->link)
		return refuse(err, -EINVAL, given(cfg, CONFIG_LOCAL6) ?
			      CONFIG_LOCAL6 : CONFIG_LINK,
			      "a link-local address needs the link that it is on");
	return 0;
}

int config_set(struct mesh_dev *mesh, const struct config *cfg,
	       struct config_error *err)
{
	struct nhrp_dev_config nhrp;
	struct bfd_dev_config bfd;
	struct mesh_encap *e;
	int ret;

	lockdep_assert_held(&mesh->fwd.lock);
	ret = check_values(cfg, err);
	if (!ret)
		ret = check_bfd(cfg, err);
	if (!ret)
		ret = check_local(cfg, err);
	if (!ret)
		ret = check_local6(cfg, err);
	if (!ret)
		ret = check_link(mesh, cfg, err);
	if (!ret)
		ret = check_homes(cfg, err);
	if (ret)
		return ret;
	nhrp_config_get(mesh, &nhrp);
	merge_nhrp(&nhrp, cfg);
	merge_homes(&nhrp.fsm, cfg);
	if (nhrp_config_check(&nhrp.fsm, &err->text))
		return refuse(err, -EINVAL, CONFIG_NONE, err->text);
	e = kmemdup(mesh_encap_locked(mesh), sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e || nhrp_config_prepare(mesh, &nhrp)) {
		kfree(e);
		return refuse(err, -ENOMEM, CONFIG_NONE, "out of memory");
	}
	init_sides(e);
	merge_encap(e, cfg);
	ret = check_encap(e, cfg, err);
	if (!ret)
		ret = swap_encap(mesh, e, cfg, err);
	if (ret) {
		nhrp_config_abandon(&nhrp);
		kfree(e);
		return ret;
	}
	merge_limits(&mesh->fwd, cfg);
	if (given(cfg, CONFIG_MULTICAST))
		mcast_configure(mesh, cfg->multicast);
	if (given(cfg, CONFIG_MAX_LEARNED))
		WRITE_ONCE(mesh->budget->max, cfg->max_learned);
	nhrp_configure(mesh, &nhrp);
	bfd_config_get(mesh, &bfd);
	merge_bfd(&bfd, cfg);
	bfd_configure(mesh, &bfd);
	return 0;
}

static u32 nhrp_flags(const struct nhrp_dev_config *nhrp)
{
	return (nhrp->fsm.server ? MESH_NHRP_FLAGS_SERVER : 0) |
	       (nhrp->redirect ? MESH_NHRP_FLAGS_REDIRECT : 0) |
	       (nhrp->fsm.shortcut ? MESH_NHRP_FLAGS_SHORTCUT : 0) |
	       (nhrp->fsm.unique ? MESH_NHRP_FLAGS_UNIQUE : 0);
}

void config_get(struct mesh_dev *mesh, struct config *cfg)
{
	const struct mesh_encap *e = mesh_encap_locked(mesh);
	struct nhrp_dev_config nhrp;
	struct bfd_dev_config bfd;
	unsigned int i;

	nhrp_config_get(mesh, &nhrp);
	bfd_config_get(mesh, &bfd);
	*cfg = (struct config) {
		.given = (BIT_ULL(CONFIG_FIELDS) - 1) & ~BIT_ULL(CONFIG_NONE) &
			 ~BIT_ULL(e->has_key ? CONFIG_NO_KEY : CONFIG_KEY),
		.local = e->side[MESH_IP4].local,
		.local6 = e->side[MESH_IP6].local,
		.link = e->link,
		.key = ntohl(e->key),
		.no_key = !e->has_key,
		.ttl = e->ttl,
		.tos = e->tos,
		.pmtudisc = e->pmtudisc,
		.ignore_df = e->ignore_df,
		.fwmark = e->fwmark,
		.hash_seed = e->flow.seed,
		.hash_fields = e->flow.fields,
		.hash_symmetric = e->flow.symmetric,
		.encap = e->udp ? MESH_ENCAP_TYPE_UDP : MESH_ENCAP_TYPE_GRE,
		.udp_port = e->udp_port,
		.udp_source = e->udp_source,
		.udp_csum = e->udp_csum,
		.bypass = e->bypass,
		.source_policy = e->source_policy,
		.nhrp_flags = nhrp_flags(&nhrp),
		.holdtime = nhrp.fsm.holding_time,
		.redirect_interval = nhrp.redirect_interval,
		.auth_len = nhrp.fsm.secret_len,
		.max_peers = mesh->fwd.limits.peers,
		.max_groups = mesh->fwd.limits.groups,
		.max_routes = mesh->fwd.limits.routes,
		.max_shortcuts = mesh->fwd.limits.shortcuts,
		.network_id = nhrp.network,
		.max_redirects = nhrp.max_redirects,
		.bfd = bfd.on,
		.bfd_interval = bfd.interval,
		.bfd_multiplier = bfd.multiplier,
		.max_bfd = bfd.max_sessions,
		.register_rate = nhrp.fsm.register_rate,
		.n_homes = nhrp.fsm.n_homes,
		.multicast = mcast_origins(mesh),
		.max_learned = READ_ONCE(mesh->budget->max),
		.max_queries = nhrp.fsm.max_queries,
		.max_answers = nhrp.fsm.max_answers,
		.max_memory = mesh->fwd.memory.max / 1024,
	};
	for (i = 0; i < cfg->n_homes; i++) {
		cfg->home[i].nbma = nhrp.fsm.home[i].nbma;
		cfg->home[i].tier = U8_MAX - nhrp.fsm.home[i].preference;
	}
	memcpy(cfg->auth, nhrp.fsm.secret, sizeof(cfg->auth));
}
