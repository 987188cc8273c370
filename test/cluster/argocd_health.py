"""Runs a health script as Argo CD does: python argocd_health.py < {"script": …, "object": …}"""

import json
import sys

import lupa

given = json.load(sys.stdin)
lua = lupa.LuaRuntime()
lua.globals().obj = lua.table_from(given["object"], recursive=True)
health = lua.execute(given["script"])
json.dump({"status": health.status, "message": health.message}, sys.stdout)
