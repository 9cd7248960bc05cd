<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Audit trail')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p><a href="/audit/person"><xsl:value-of select="t:t('Who has seen a person’s record')"/></a></p>
    <form class="filters" action="/audit" method="get">
      <label><xsl:value-of select="t:t('Who')"/><xsl:text> </xsl:text>
        <input name="who" value="{@who}" maxlength="63"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('Organisation')"/><xsl:text> </xsl:text>
        <input name="organisation" value="{@organisation}" maxlength="63"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('Role')"/><xsl:text> </xsl:text>
        <input name="role" value="{@role}" maxlength="63" size="10"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('From')"/><xsl:text> </xsl:text>
        <input name="origin" value="{@origin}" maxlength="63" size="15"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('From the day')"/><xsl:text> </xsl:text>
        <input name="since" value="{@since}" type="date"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('To the day')"/><xsl:text> </xsl:text>
        <input name="until" value="{@until}" type="date"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('About')"/><xsl:text> </xsl:text>
        <input name="about" value="{@about}" maxlength="200"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('Ground')"/><xsl:text> </xsl:text>
        <input name="ground" value="{@ground}" maxlength="128"/></label>
      <xsl:text> </xsl:text>
      <label><xsl:value-of select="t:t('What')"/><xsl:text> </xsl:text>
        <select name="kind">
          <option value=""><xsl:value-of select="t:t('Everything')"/></option>
          <xsl:for-each select="kind">
            <option value="{@name}">
              <xsl:if test="@name = /page/@kind"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:call-template name="kind-name"><xsl:with-param name="kind" select="@name"/></xsl:call-template>
            </option>
          </xsl:for-each>
        </select></label>
      <xsl:text> </xsl:text>
      <button><xsl:value-of select="t:t('Show')"/></button>
    </form>
    <xsl:choose>
      <xsl:when test="entry">
        <p><xsl:value-of select="t:t('The latest entries, the newest first; times are UTC.')"/>
          <xsl:text> </xsl:text><a href="{@csv}"><xsl:value-of select="t:t('All of them as CSV')"/></a></p>
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
          <thead><tr>
            <th scope="col" class="number"><xsl:value-of select="t:t('Number')"/></th>
            <th scope="col"><xsl:value-of select="t:t('When')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Who')"/></th>
            <th scope="col"><xsl:value-of select="t:t('What')"/></th>
            <th scope="col"><xsl:value-of select="t:t('About')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Ground')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Organisation')"/></th>
            <th scope="col"><xsl:value-of select="t:t('From')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Details')"/></th>
          </tr></thead>
          <tbody><xsl:apply-templates select="entry"/></tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('There is no such entry.')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="entry">
    <tr>
      <td class="number"><xsl:value-of select="@seq"/></td>
      <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@at"/></xsl:call-template></td>
      <td class="id"><xsl:value-of select="@who"/></td>
      <td><xsl:call-template name="kind-name"><xsl:with-param name="kind" select="@kind"/></xsl:call-template></td>
      <td class="id about"><xsl:value-of select="@subject"/></td>
      <td><xsl:call-template name="ground-and-case"/></td>
      <td><xsl:if test="@role != ''"><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></xsl:if></td>
      <td class="id"><xsl:value-of select="@organisation"/></td>
      <td class="id"><xsl:value-of select="@origin"/></td>
      <td class="id details"><xsl:value-of select="@detail"/></td>
    </tr>
  </xsl:template>

  <xsl:template name="kind-name">
    <xsl:param name="kind"/>
    <xsl:choose>
      <xsl:when test="$kind = 'login'"><xsl:value-of select="t:t('logged in')"/></xsl:when>
      <xsl:when test="$kind = 'login-refused'"><xsl:value-of select="t:t('log-in refused')"/></xsl:when>
      <xsl:when test="$kind = 'logout'"><xsl:value-of select="t:t('logged out')"/></xsl:when>
      <xsl:when test="$kind = 'search'"><xsl:value-of select="t:t('searched')"/></xsl:when>
      <xsl:when test="$kind = 'suggest'"><xsl:value-of select="t:t('was suggested words')"/></xsl:when>
      <xsl:when test="$kind = 'open'"><xsl:value-of select="t:t('opened')"/></xsl:when>
      <xsl:when test="$kind = 'image'"><xsl:value-of select="t:t('saw the picture')"/></xsl:when>
      <xsl:when test="$kind = 'refused'"><xsl:value-of select="t:t('was refused')"/></xsl:when>
      <xsl:when test="$kind = 'account-added'"><xsl:value-of select="t:t('added an account')"/></xsl:when>
      <xsl:when test="$kind = 'account-removed'"><xsl:value-of select="t:t('removed an account')"/></xsl:when>
      <xsl:when test="$kind = 'session-revoked'"><xsl:value-of select="t:t('ended a session')"/></xsl:when>
      <xsl:when test="$kind = 'user-bound'"><xsl:value-of select="t:t('gave a user of the machine an account')"/></xsl:when>
      <xsl:when test="$kind = 'user-unbound'"><xsl:value-of select="t:t('took the account from a user of the machine')"/></xsl:when>
      <xsl:when test="$kind = 'second-factor'"><xsl:value-of select="t:t('said whether a role needs one-time codes')"/></xsl:when>
      <xsl:when test="$kind = 'appointed'"><xsl:value-of select="t:t('gave a role')"/></xsl:when>
      <xsl:when test="$kind = 'dismissed'"><xsl:value-of select="t:t('took a role away')"/></xsl:when>
      <xsl:when test="$kind = 'organisation-added'"><xsl:value-of select="t:t('added an organisation')"/></xsl:when>
      <xsl:when test="$kind = 'organisation-removed'"><xsl:value-of select="t:t('removed an organisation')"/></xsl:when>
      <xsl:when test="$kind = 'code-changed'"><xsl:value-of select="t:t('changed the code')"/></xsl:when>
      <xsl:when test="$kind = 'code-issued'"><xsl:value-of select="t:t('issued another code')"/></xsl:when>
      <xsl:when test="$kind = 'token-added'"><xsl:value-of select="t:t('issued a token')"/></xsl:when>
      <xsl:when test="$kind = 'token-removed'"><xsl:value-of select="t:t('removed a token')"/></xsl:when>
      <xsl:when test="$kind = 'certificate-added'"><xsl:value-of select="t:t('bound a certificate')"/></xsl:when>
      <xsl:when test="$kind = 'certificate-removed'"><xsl:value-of select="t:t('unbound a certificate')"/></xsl:when>
      <xsl:when test="$kind = 'restricted'"><xsl:value-of select="t:t('restricted a page')"/></xsl:when>
      <xsl:when test="$kind = 'unrestricted'"><xsl:value-of select="t:t('lifted a restriction')"/></xsl:when>
      <xsl:when test="$kind = 'trail-read'"><xsl:value-of select="t:t('asked who saw a person’s record')"/></xsl:when>
      <xsl:when test="$kind = 'right-granted'"><xsl:value-of select="t:t('granted a right')"/></xsl:when>
      <xsl:when test="$kind = 'right-revoked'"><xsl:value-of select="t:t('took a right away')"/></xsl:when>
      <xsl:when test="$kind = 'ground'"><xsl:value-of select="t:t('stated a ground')"/></xsl:when>
      <xsl:when test="$kind = 'price-set'"><xsl:value-of select="t:t('set a price')"/></xsl:when>
      <xsl:when test="$kind = 'terms-set'"><xsl:value-of select="t:t('said how an account pays')"/></xsl:when>
      <xsl:when test="$kind = 'window-set'"><xsl:value-of select="t:t('said for how long a paid page stays open')"/></xsl:when>
      <xsl:when test="$kind = 'charge'"><xsl:value-of select="t:t('paid for')"/></xsl:when>
      <xsl:when test="$kind = 'reversal'"><xsl:value-of select="t:t('got back what could not be shown')"/></xsl:when>
      <xsl:when test="$kind = 'refund'"><xsl:value-of select="t:t('refunded')"/></xsl:when>
      <xsl:when test="$kind = 'top-up'"><xsl:value-of select="t:t('entered a payment')"/></xsl:when>
      <xsl:when test="$kind = 'pay-out'"><xsl:value-of select="t:t('paid out a balance')"/></xsl:when>
      <xsl:when test="$kind = 'invoice'"><xsl:value-of select="t:t('wanted to pay by card')"/></xsl:when>
      <xsl:when test="$kind = 'invoice-unpaid'"><xsl:value-of select="t:t('did not pay by card')"/></xsl:when>
      <xsl:when test="$kind = 'ground-added'"><xsl:value-of select="t:t('added a ground')"/></xsl:when>
      <xsl:when test="$kind = 'ground-removed'"><xsl:value-of select="t:t('removed a ground')"/></xsl:when>
      <xsl:when test="$kind = 'totp-set'"><xsl:value-of select="t:t('set up one-time codes')"/></xsl:when>
      <xsl:when test="$kind = 'totp-removed'"><xsl:value-of select="t:t('removed one-time codes')"/></xsl:when>
      <xsl:when test="$kind = 'correction'"><xsl:value-of select="t:t('entered fields of a record')"/></xsl:when>
      <xsl:when test="$kind = 'rescan'"><xsl:value-of select="t:t('gave a new scan of a page')"/></xsl:when>
      <xsl:when test="$kind = 'scan-replaced'"><xsl:value-of select="t:t('put a new scan in the place of another')"/></xsl:when>
      <xsl:when test="$kind = 'reread'"><xsl:value-of select="t:t('had a volume read anew')"/></xsl:when>
      <xsl:when test="$kind = 'export'"><xsl:value-of select="t:t('gave away as files')"/></xsl:when>
      <xsl:when test="$kind = 'published'"><xsl:value-of select="t:t('published a volume')"/></xsl:when>
      <xsl:when test="$kind = 'withdrawn'"><xsl:value-of select="t:t('withdrew a volume')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$kind"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
