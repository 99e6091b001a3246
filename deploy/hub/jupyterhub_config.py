"""JupyterHub in front of Weerglas: who logs in at a board's provider reaches what the groups there allow.

Started with `jupyterhub -f deploy/hub/jupyterhub_config.py`; WEERGLAS_HUB names a copy of hub.example.toml.
"""

import os
import sys
import tomllib
from pathlib import Path

from tornado.web import RedirectHandler

from commands.options import read_password

HERE = Path(__file__).parent
HUB = tomllib.loads(Path(os.environ["WEERGLAS_HUB"]).read_text("utf-8"))
OIDC, PORTS, FOLDER = HUB["oidc"], HUB["ports"], Path(HUB["folder"])
COORDINATOR, ONDERZOEKER = "coordinator", "onderzoeker"


def entrance(handler):  # noqa: ANN001, ANN201 - JupyterHub's handlers publish no types
    """Return where a visitor goes after login: each role has one place."""
    if handler.current_user is None:  # not logged in, or just now: that page knows, and sends on
        return "/hub/login"
    groups = {group.name for group in handler.current_user.groups}
    return "/services/weerglas/" if COORDINATOR in groups else "/hub/spawn"


c = get_config()  # noqa: F821 - given by JupyterHub

# Who is who: an authorisation code with PKCE; the provider says the groups, anew at each login.
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.login_service = OIDC["name"]
c.GenericOAuthenticator.authorize_url = OIDC["authorize"]
c.GenericOAuthenticator.token_url = OIDC["token"]
c.GenericOAuthenticator.userdata_url = OIDC["userinfo"]
c.GenericOAuthenticator.oauth_callback_url = HUB["address"] + "hub/oauth_callback"
c.GenericOAuthenticator.client_id = OIDC["client_id"]
c.GenericOAuthenticator.client_secret = read_password(Path(OIDC["client_secret_file"]))
c.GenericOAuthenticator.enable_pkce = True
c.GenericOAuthenticator.scope = ["openid", *OIDC["scopes"]]
c.GenericOAuthenticator.username_claim = OIDC["name_claim"]
c.GenericOAuthenticator.username_pattern = r"[a-z0-9][a-z0-9._:@-]{0,99}"  # also the name of a folder
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user." + OIDC["groups_claim"]
c.GenericOAuthenticator.allowed_groups = {COORDINATOR, ONDERZOEKER}

# Who reaches what: an account by itself reaches nothing, not even a server of its own.
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["read:users:name!user", "read:users:groups!user"]},
    {"name": COORDINATOR, "groups": [COORDINATOR], "scopes": ["access:services!service=weerglas"]},
    {"name": ONDERZOEKER, "groups": [ONDERZOEKER], "scopes": ["self"]},
]
c.JupyterHub.default_url = entrance
# The page's way out is written for a server of its own.
c.JupyterHub.extra_handlers = [
    ("/uit", RedirectHandler, {"url": "/services/weerglas/uit", "permanent": False})
]

# The coordinator's page.
c.JupyterHub.services = [
    {
        "name": "weerglas",
        "url": f"http://127.0.0.1:{PORTS['coordinators']}",
        "command": [sys.executable, str(HERE / "coordinators.py"), "--data", HUB["data"]],
        "oauth_no_confirm": True,
    }
]

# The researcher's JupyterLab, behind walls of its own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "onderzoekers" / "{username}")
c.Spawner.cmd = [sys.executable, str(HERE / "researcher.py")]
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = 120  # seconds: JupyterLab on a busy machine
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "PYTHONUTF8", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

# Where everything is: only the proxy listens where a browser can come, behind TLS as the rest of Weerglas.
c.JupyterHub.bind_url = HUB["listen"]
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORTS['hub']}"
c.JupyterHub.subdomain_host = HUB.get("subdomain_host", "")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORTS['proxy']}"
c.ConfigurableHTTPProxy.command = HUB["proxy"]
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")  # made at the first start
c.JupyterHub.cleanup_servers = True
